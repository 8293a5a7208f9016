/** ns per flow for one look at all flows: the real tracker over a real kernel table, beside C with libbpf. */
import { join } from 'node:path'
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
const createLooks = ({ table }: CountingProgram, flows: number, withWindow: boolean) => {
  const { slots, capacity } = table
  const totals = new Totals()
  const words = new Uint32Array(slots.buffer, slots.byteOffset, slots.byteLength >> 2)
  const window = withWindow ? new IpWindow({ maxAddresses: 16384 }, words, capacity) : undefined
  let records = 0
  const tracker = createFlowTracker(defaultFlowSettings(), {
    table,
    totals,
    onActivity: (activity) => window?.take(activity),
    onForget: (slot) => window?.forget(slot),
    onRecords: (_, count) => {
      records += count
      return true
    },
    onEndedRecords: () => true,
    grace: () => Promise.resolve(),
  })
  let second = 0
  const look = async (): Promise<Look> => {
    second++
    window?.advance(second)
    const start = performance.now()
    const gaps = watchGaps()
    await tracker.tick(second * 1e9)
    const elapsed = performance.now() - start
    const gapMs = await gaps.stop()
    totals.fold(1, [])
    return { nsPerFlow: (elapsed * 1e6) / flows, gapMs }
  }
  return { look, packets: () => totals.sum().packets, records: () => records, activeFlows: () => tracker.stats().activeFlows }
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

const measureFlows = async (flows: number, program: string, setting: Setting): Promise<Row[]> => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  const counting = createCountingProgram({ flows: capacityFor(flows) }, undo)
  const traffic = createManyFlows(counting.ingress, flows, setting.folder, undo)
  setting.say(`${flows} flows`)
  const plain = createLooks(counting, flows, false)
  const windowed = createLooks(counting, flows, true)
  const inC = startLineProcess([program, 'hash', String(flows)], undo)
  const slotsInC = startLineProcess([program, 'slots', String(flows)], undo, [counting.object.mapFd('slots')])
  const gaps = { plain: [] as number[], windowed: [] as number[] }
  const timed = async (name: keyof typeof gaps, { look }: typeof plain) => {
    const { nsPerFlow, gapMs } = await look()
    gaps[name].push(gapMs)
    return nsPerFlow
  }
  const round = { plain: () => timed('plain', plain), windowed: () => timed('windowed', windowed) }
  const rounds = WARM_UP + (setting.quick ? 3 : flows > 100_000 ? 15 : 31)
  const all = await interleave(rounds, {
    send: () => {
      traffic.sendEach()
      return 0
    },
    ...round,
    hash: async () => Number(await inC.ask('look')),
    slots: async () => Number(await slotsInC.ask('look')),
  })
  const problem = plain.packets() === rounds * flows && plain.activeFlows() === flows ? '' : ` MISCOUNTED: ${plain.packets()}`
  const kept = (values: number[]) => values.slice(WARM_UP)
  const row = (name: string, values: number[], gap: number[] | undefined, goals: boolean): Row => {
    const longest = gap ? Math.max(...kept(gap)) : Number.NaN
    const value = median(kept(values))
    return {
      name: `${flows}: ${name}`,
      cells: [figure(value), figure(minimum(kept(values))), figure(value / median(kept(all.hash))), gap ? `${figure(median(kept(gap)))} / ${figure(longest)}` : ''],
      ...(goals && { goal: { ...atMost(value, flows < 100_000 ? Infinity : 30, ' ns'), ...(flows < 100_000 && { text: 'no goal,' }) } }),
    }
  }
  const rows = [
    row(`tracker${problem}`, all.plain, gaps.plain, true),
    row('tracker and window per address', all.windowed, gaps.windowed, false),
    row('C, bpf_map_lookup_batch of a plain hash, sum only', all.hash, undefined, false),
    row('C, the same slots in place, difference only', all.slots, undefined, false),
  ]
  const worst = Math.max(...kept(gaps.plain), ...kept(gaps.windowed))
  rows.push({ name: `${flows}: longest hold of the event loop`, cells: ['', '', '', figure(worst)], goal: atMost(worst, 10, ' ms') })
  forget()
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
