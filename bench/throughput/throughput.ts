/** What the program takes from the throughput of a veth pair: iperf3, nothing attached and attached in turn. */
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { runIperf, type IperfEnd } from '../rig/iperf.ts'
import { startLineProcess, type LineProcess } from '../rig/line-process.ts'
import { createCable, type Cable } from '../rig/namespaces.ts'
import { median, pairedRatio } from '../rig/statistics.ts'
import { atLeast, figure, type Row } from '../rig/table.ts'

const COUNTER = join(import.meta.dirname, '../rig/counter.ts')
const PREFIXES = 10_000

interface Load {
  name: string
  offloads: boolean
  client: string[]
  unit: string
  goal: number
  /** From iperf3's report. */
  rate(end: IperfEnd): number
}

const tcp = (end: IperfEnd) => (end.sum_received?.bits_per_second ?? 0) / 1e9

const LOADS: readonly Load[] = [
  {
    name: 'TCP, TSO/GSO/GRO on',
    offloads: true,
    client: [],
    unit: 'Gbit/s',
    goal: 0.97,
    rate: tcp,
  },
  { name: 'TCP, offloads off', offloads: false, client: [], unit: 'Gbit/s', goal: 0.9, rate: tcp },
  {
    name: 'UDP, 64 bytes',
    offloads: false,
    client: ['-u', '-b', '0', '-l', '64'],
    unit: 'kpackets/s received',
    goal: 0.9,
    rate: ({ sum }) => (sum ? (sum.packets - sum.lost_packets) / sum.seconds / 1000 : 0),
  },
]

const setOffloads = ({ a, b }: Cable, on: boolean) => {
  const state = on ? 'on' : 'off'
  for (const side of [a, b]) {
    side.run('ethtool', '-K', side.device, 'tso', state, 'gso', state, 'gro', state)
  }
}

const measureLoad = async (
  load: Load,
  cable: Cable,
  counter: LineProcess,
  setting: Setting,
): Promise<Row> => {
  const rounds = setting.quick ? 2 : 11
  const seconds = setting.quick ? 1 : 2
  setOffloads(cable, load.offloads)
  const rates = { off: [] as number[], on: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    // What runs first has no advantage over all rounds.
    for (const state of round % 2 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
      await counter.ask(state === 'on' ? `on ${PREFIXES}` : 'off')
      rates[state].push(load.rate(await runIperf(cable, load.client, seconds, setting.undo)))
    }
    setting.say(
      `${load.name}: round ${round + 1} of ${rounds}, attached ${figure(rates.on[round]! / rates.off[round]!)}`,
    )
  }
  await counter.ask('off')
  const ratio = pairedRatio(rates.on, rates.off)
  return {
    name: load.name,
    cells: [
      figure(median(rates.off)),
      figure(median(rates.on)),
      load.unit,
      ratio.toFixed(3),
      String(rounds),
    ],
    goal: atLeast(ratio, load.goal, ''),
  }
}

export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  description: 'iperf3 between two namespaces over veth, nothing attached and attached in turn',
  run: async (setting) => {
    const cable = createCable(setting.undo)
    const counter = startLineProcess(
      cable.b.inside(process.execPath, COUNTER, cable.b.device),
      setting.undo,
    )
    const rows: Row[] = []
    for (const load of LOADS) rows.push(await measureLoad(load, cable, counter, setting))
    return [
      {
        title: `Attached at the receiving end, both directions, ${PREFIXES} prefixes on the deny list, flows read every second`,
        columns: ['nothing', 'attached', 'unit', 'ratio (paired)', 'rounds'],
        rows,
      },
    ]
  },
}
