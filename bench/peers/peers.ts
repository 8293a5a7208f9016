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
/** Faster, and tools that read copies of packets begin to lose some here. */
const PACKETS_PER_SECOND = 250_000
const SETTLE_MS = 2000
const PASSES = 2

/** Seconds per million packets of one process in one round. */
interface Cost {
  /** While the first packets of all flows came; our agent compiles its code meanwhile. */
  first: CpuTime
  /** The same packets once more, and shortly after. */
  live: CpuTime
  /** Ending all flows. */
  end: CpuTime
}

interface Round {
  costs: Record<string, Cost>
  /** Part of the packets that it saw, if it tells. */
  seen: number
  packetsPerSecond: number
}

const total = ({ user, system }: CpuTime) => user + system

const replay = async (
  { a }: Cable,
  capture: Capture,
  packets: number,
  setting: Setting,
): Promise<number> => {
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
  const [, perSecond] = await sender.printed(/([\d.]+) pps[^]*Successful packets:/)
  await sender.end()
  return Number(perSecond)
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
  const readings = [read()]
  let packetsPerSecond = 0
  for (let pass = 0; pass < PASSES; pass++) {
    packetsPerSecond = await replay(cable, capture, packets, setting)
    await sleep(SETTLE_MS)
    readings.push(read())
  }
  const told = await started.seen()
  const seen = (await started.finish()) ?? told ?? Number.NaN
  readings.push(read())
  const costs = Object.fromEntries(
    Object.keys(started.accounts).map((name, i) => {
      const step = (to: number) => perMillion(readings[to]![i]!, readings[to - 1]![i]!, packets)
      return [name, { first: step(1), live: step(PASSES), end: step(PASSES + 1) }]
    }),
  )
  forget()
  return { costs, seen: seen / packets / PASSES, packetsPerSecond }
}

const perMillion = (after: CpuTime, before: CpuTime, packets: number): CpuTime => ({
  user: ((after.user - before.user) / packets) * 1e6,
  system: ((after.system - before.system) / packets) * 1e6,
})

const percent = (part: number) => `${(part * 100).toFixed(part === 1 ? 0 : 3)} %`

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
        figure(median(of((cost) => total(cost.first)))),
        figure(median(of((cost) => total(cost.end)))),
        i ? '' : percent(Math.min(...all.map(({ seen }) => seen))),
      ],
    }
  })

const measureFlows = async (flows: number, setting: Setting): Promise<Table> => {
  const count = setting.quick ? 1 : 3
  const packets = setting.quick ? 500_000 : PACKETS
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
  const rate = figure(median(results.flat().map((one) => one.packetsPerSecond)) / 1000)
  const cost = (i: number, of: (time: CpuTime) => number) =>
    median(results[i]!.map(({ costs }) => of(Object.values(costs)[0]!.live)))
  const goal = (name: string, peer: number, limit: number, shown: string): Row => {
    const [all, user] = [total, ({ user }: CpuTime) => user].map(
      (of) => cost(0, of) / cost(peer, of),
    ) as [number, number]
    const reached: Goal = { ...atMost(all, limit, ''), text: shown }
    return { name, cells: [figure(all), '', figure(user), '', '', ''], goal: reached }
  }
  return {
    title: `${flows} flows: CPU seconds per million packets, ${packets} packets at ${rate} kpackets/s, ${count} rounds in turn`,
    columns: ['user + system', 'min', 'user', 'first pass', 'ending all flows', 'seen, least'],
    rows: [
      ...results.flatMap((all, i) => describe(PEERS[i]!, all)),
      goal('NetScope agent / softflowd', 1, 1 / 15, '≤ 1/15'),
      goal('NetScope agent / tcpdump', 3, 1.2, '≤ 1.2'),
    ],
    notes: [
      'CPU time of the processes in the second pass; what the kernel does per packet is in `kernel`.',
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
