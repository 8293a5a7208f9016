/** CPU time per million packets beside the tools that people use for the same, on the same replayed traffic. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { SENDER_CPU, type CpuTime } from '../rig/cpu-account.ts'
import { sleep } from '../rig/line-process.ts'
import { createCable, type Cable } from '../rig/namespaces.ts'
import { startProcess } from '../rig/process.ts'
import { median, minimum } from '../rig/statistics.ts'
import { atMost, figure, type Goal, type Row, type Table } from '../rig/table.ts'
import { createUndo } from '../rig/undo.ts'
import { writeFlowCapture, type Capture } from './capture.ts'
import { PEERS, type Peer } from './peer.ts'

const PACKETS = 1_000_000
const PACKETS_PER_SECOND = 150_000
const SETTLE_MS = 2500

/** Seconds per million packets of one process in one round. */
interface Cost {
  /** While packets came and shortly after. */
  live: CpuTime
  /** Ending all flows. */
  end: CpuTime
}

interface Round {
  costs: Record<string, Cost>
  /** Part of the packets that it saw, if it tells. */
  seen: number
}

const minus = (a: CpuTime, b: CpuTime): CpuTime => ({
  user: a.user - b.user,
  system: a.system - b.system,
})
const total = ({ user, system }: CpuTime) => user + system

const replay = async (
  { a }: Cable,
  capture: Capture,
  packets: number,
  setting: Setting,
): Promise<void> => {
  const loops = String(Math.round(packets / capture.packets))
  const words = [
    'tcpreplay',
    '-q',
    '-i',
    a.device,
    '-K',
    `--pps=${PACKETS_PER_SECOND}`,
    `--loop=${loops}`,
    capture.path,
  ]
  const sender = startProcess(a.inside('taskset', '-c', SENDER_CPU, ...words), setting.undo)
  await sender.printed(/Successful packets:\s+(\d+)/)
  await sender.end()
}

let rounds = 0

const measureOnce = async (
  peer: Peer,
  capture: Capture,
  packets: number,
  setting: Setting,
): Promise<Round> => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  const folder = join(setting.folder, `peer-${++rounds}`)
  mkdirSync(folder)
  const cable = createCable(undo)
  const started = await peer.start({ side: cable.b, folder, undo })
  const read = () => Object.entries(started.accounts).map(([, account]) => account.read())
  const before = read()
  await replay(cable, capture, packets, setting)
  await sleep(SETTLE_MS)
  const after = read()
  const told = await started.seen()
  const seen = (await started.finish()) ?? told ?? Number.NaN
  const last = read()
  const costs = Object.fromEntries(
    Object.keys(started.accounts).map((name, i) => {
      const scale = ({ user, system }: CpuTime) => ({
        user: (user / packets) * 1e6,
        system: (system / packets) * 1e6,
      })
      return [
        name,
        { live: scale(minus(after[i]!, before[i]!)), end: scale(minus(last[i]!, after[i]!)) },
      ]
    }),
  )
  forget()
  return { costs, seen: seen / packets }
}

const describe = (peer: Peer, all: Round[]): Row[] =>
  Object.keys(all[0]!.costs).map((name, i) => {
    const of = (pick: (cost: Cost) => number) => all.map(({ costs }) => pick(costs[name]!))
    const live = of((cost) => total(cost.live))
    return {
      name: i ? `  ${name}` : peer.name,
      cells: [
        figure(median(live)),
        figure(minimum(live)),
        figure(median(of((cost) => cost.live.user))),
        figure(median(of((cost) => total(cost.live) + total(cost.end)))),
        i
          ? ''
          : all
              .map(({ seen }) => `${(seen * 100).toFixed(seen === 1 ? 0 : 3)} %`)
              .reduce((worst, one) => (one === '100 %' ? worst : one), '100 %'),
      ],
    }
  })

const measureFlows = async (flows: number, setting: Setting): Promise<Table> => {
  const count = setting.quick ? 1 : 5
  const packets = setting.quick ? 200_000 : PACKETS
  const capture = writeFlowCapture(flows, setting.folder)
  const results = PEERS.map((): Round[] => [])
  for (let round = 0; round < count; round++) {
    for (const [i, peer] of PEERS.entries()) {
      results[i]!.push(await measureOnce(peer, capture, packets, setting))
      setting.say(
        `${flows} flows, round ${round + 1} of ${count}: ${peer.name} ${JSON.stringify(results[i]!.at(-1))}`,
      )
    }
  }
  const cost = (i: number) =>
    median(results[i]!.map(({ costs }) => total(Object.values(costs)[0]!.live)))
  const [ours, soft, , dump] = [cost(0), cost(1), cost(2), cost(3)]
  const goal = (name: string, value: number, limit: number, shown: string): Row => {
    const reached: Goal = { ...atMost(value, limit, ''), text: shown }
    return { name, cells: ['', '', '', '', figure(value)], goal: reached }
  }
  return {
    title: `${flows} flows: CPU seconds per million packets at ${PACKETS_PER_SECOND} packets/s (${count} rounds in turn)`,
    columns: ['user + system', 'min', 'user only', 'with ending all flows', 'packets seen'],
    rows: [
      ...results.flatMap((all, i) => describe(PEERS[i]!, all)),
      goal('NetScope agent / softflowd', ours / soft, 1 / 15, '≤ 1/15'),
      goal('NetScope agent / tcpdump', ours / dump, 1.2, '≤ 1.2'),
    ],
    notes: [
      'CPU time of the processes; what the kernel does per packet in interrupts is in `kernel` and `throughput`.',
    ],
  }
}

export const peersBenchmark: Benchmark = {
  name: 'peers',
  description:
    'CPU per million packets beside softflowd, pmacctd and tcpdump, 10,000 and 100,000 flows',
  run: async (setting) => [
    await measureFlows(10_000, setting),
    await measureFlows(100_000, setting),
  ],
}
