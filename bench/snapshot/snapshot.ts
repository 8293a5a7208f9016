/** ns per flow for one look at all flows: the real tracker over a real kernel table, beside C with libbpf. */
import { join } from 'node:path'
import { createFlowMemory } from '@netscope/agent/flows/flow-memory.ts'
import { createFlowTracker } from '@netscope/agent/flows/flow-tracker.ts'
import { IpWindow } from '@netscope/agent/flows/ip-window.ts'
import { Totals } from '@netscope/agent/flows/totals.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { createCountingProgram, type CountingProgram } from '../rig/counting-program.ts'
import { defaultFlowSettings } from '../rig/flow-settings.ts'
import { startLineProcess } from '../rig/line-process.ts'
import { createManyFlows } from '../rig/many-flows.ts'
import { interleave, median, minimum } from '../rig/statistics.ts'
import { atMost, figure, type Row, type Table } from '../rig/table.ts'
import { createUndo } from '../rig/undo.ts'

/** More than `flows`, so that no pressure shortens time-outs; the default table up to 100,000. */
const capacityFor = (flows: number) => (flows <= 100_000 ? 131072 : 2097152)
const WARM_UP = 5

interface Look {
  nsPerFlow: number
  /** Longest time that the event loop was held, ms. */
  gapMs: number
}

/** A tracker on the program's table; each look is one second later. */
const createLooks = ({ table }: CountingProgram, flows: number) => {
  const { slots, capacity } = table
  const totals = new Totals()
  const words = new Uint32Array(slots.buffer, slots.byteOffset, slots.byteLength >> 2)
  const window = new IpWindow({ maxAddresses: 16384 }, words, capacity)
  const tracker = createFlowTracker(
    { ...defaultFlowSettings(), condenseAbove: 0 },
    {
      memory: createFlowMemory(table),
      enrich: () => undefined,
      table,
      totals,
      senders: window.senders,
      onActivity: (activity) => window.take(activity),
      onForget: (slot) => window.forget(slot),
      onRecords: () => true,
      onEndedRecords: () => true,
      grace: () => Promise.resolve(),
    },
  )
  let second = 0
  const look = async (): Promise<Look> => {
    second++
    window.advance(second)
    const gaps = watchGaps()
    const start = performance.now()
    await tracker.tick(second * 1e9)
    const elapsed = performance.now() - start
    const gapMs = await gaps.stop()
    totals.fold(1, [])
    return { nsPerFlow: (elapsed * 1e6) / flows, gapMs }
  }
  return {
    look,
    packets: () => totals.sum().packets,
    activeFlows: () => tracker.stats().activeFlows,
  }
}

/** Longest time between two turns of the event loop. */
const watchGaps = () => {
  let longest = 0
  let last = performance.now()
  let running = true
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (running) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    stop: () =>
      new Promise<number>((resolve) => {
        setImmediate(() => {
          running = false
          turn()
          resolve(longest)
        })
      }),
  }
}

interface Shape {
  name: string
  /** 2^this source addresses; undefined: one for each flow. */
  sourceBits?: number
  hasGoal: boolean
}

const SHAPES: readonly Shape[] = [
  { name: 'flows of 4,096 addresses', sourceBits: 12, hasGoal: true },
  { name: 'as many addresses (spoofed sources)', hasGoal: false },
]

const SUM_IN_C = 'C, bpf_map_lookup_batch of a plain hash, sum only'
const IN_PLACE_IN_C = 'C, the same slots in place, difference only'

const measureShape = async (shape: Shape, flows: number, program: string, setting: Setting) => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  setting.say(`${flows} flows, ${shape.name}`)
  const counting = createCountingProgram({ flows: capacityFor(flows) }, undo)
  const traffic = createManyFlows(counting.ingress, flows, setting.folder, undo, shape.sourceBits)
  const { look, packets, activeFlows } = createLooks(counting, flows)
  const slots = counting.object.mapFd('slots')
  const hashInC = startLineProcess([program, 'hash', String(flows)], undo)
  const slotsInC = startLineProcess([program, 'slots', String(flows)], undo, [slots])
  const gaps: number[] = []
  const rounds = WARM_UP + (setting.quick ? 3 : flows > 100_000 ? 15 : 41)
  const samples = await interleave(rounds, {
    send: () => {
      traffic.sendEach()
      return 0
    },
    tracker: async () => {
      const { nsPerFlow, gapMs } = await look()
      gaps.push(gapMs)
      return nsPerFlow
    },
    hash: async () => Number(await hashInC.ask('look')),
    slots: async () => Number(await slotsInC.ask('look')),
  })
  const exact = packets() === rounds * flows && activeFlows() === flows
  forget()
  const kept = (values: number[]) => values.slice(WARM_UP)
  return {
    tracker: kept(samples.tracker),
    hash: kept(samples.hash),
    slots: kept(samples.slots),
    gaps: kept(gaps),
    exact,
  }
}

const measureFlows = async (flows: number, program: string, setting: Setting): Promise<Row[]> => {
  const rows: Row[] = []
  for (const shape of SHAPES) {
    const { tracker, hash, slots, gaps, exact } = await measureShape(shape, flows, program, setting)
    const row = (name: string, values: number[], gap = ''): Row => ({
      name: `${flows} ${name}`,
      cells: [
        figure(median(values)),
        figure(minimum(values)),
        figure(median(values) / median(hash)),
        gap,
      ],
    })
    const gap = `${figure(median(gaps))} / ${figure(Math.max(...gaps))}`
    const ours = row(`${shape.name}${exact ? '' : ' MISCOUNTED'}`, tracker, gap)
    const goal =
      flows >= 100_000 && shape.hasGoal ? { goal: atMost(median(tracker), 30, ' ns') } : {}
    rows.push({ ...ours, ...goal })
    rows.push({
      name: '  the event loop',
      cells: ['', '', '', ''],
      goal: atMost(Math.max(...gaps), 10, ' ms'),
    })
    if (shape.hasGoal) rows.push(row(SUM_IN_C, hash), row(IN_PLACE_IN_C, slots))
  }
  return rows
}

export const snapshotBenchmark: Benchmark = {
  name: 'snapshot',
  description: 'ns per flow for reading, decoding and comparing all flows, beside C with libbpf',
  run: async (setting): Promise<Table[]> => {
    const program = compileC(join(import.meta.dirname, 'dump.c'), setting.folder)
    const sizes = setting.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
    const rows: Row[] = []
    for (const flows of sizes) rows.push(...(await measureFlows(flows, program, setting)))
    return [
      {
        title: 'One look at all flows, every flow active since the last one',
        columns: ['ns per flow', 'min', '× C hash', 'loop held, median / max ms'],
        rows,
      },
    ]
  },
}
