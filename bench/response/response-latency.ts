/** From a scan, and from a person's request, to the block in force: when the last packet of that source came through. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { callApi } from '../rig/api-call.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { sleep, startLineProcess, type LineProcess } from '../rig/line-process.ts'
import { createCable } from '../rig/namespaces.ts'
import { startNetscope, type Netscope } from '../rig/netscope.ts'
import { median } from '../rig/statistics.ts'
import { atMost, figure, type Goal, type Table } from '../rig/table.ts'
import { createUndo } from '../rig/undo.ts'
import type { StreamReport } from '../feeds/stream.ts'
import { createDelayedUplink } from './delayed-uplink.ts'

const STREAM = join(import.meta.dirname, '../feeds/stream.ts')
const ATTACKER = join(import.meta.dirname, 'attacker.ts')
const GIVE_UP_MS = 10_000
/** A stream that is still for so long is blocked: 100 packets. */
const STILL_MS = 200

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6
/** Scanned in a round: several scanners of one target would be one scan of many sources. */
const targetOf = (round: number) => `198.18.1.${round + 1}`
const addressOf = (kind: 'manual' | 'scan', round: number) =>
  `9.${kind === 'manual' ? 1 : 2}.${round}.1`

interface World {
  netscope: Netscope
  attacker: LineProcess
  receiver: LineProcess
}

/**
 * When the last packet of a source came, after which there was none for a while; not one before `afterMs`: a stream that only falters
 * is not blocked.
 */
const stillSince = async (
  { receiver }: World,
  source: string,
  afterMs = -Infinity,
): Promise<number> => {
  const since = monotonicMs()
  for (;;) {
    const reports = JSON.parse(await receiver.ask('report')) as Partial<
      Record<string, StreamReport>
    >
    const lastMs = reports[source]?.lastMs
    const isStill = lastMs !== undefined && monotonicMs() - lastMs > STILL_MS
    if (isStill && lastMs > afterMs) return lastMs
    if (monotonicMs() - since > GIVE_UP_MS) throw new Error(`${source} was not blocked in 10 s`)
    await sleep(20)
  }
}

const manual = async (world: World, round: number): Promise<number> => {
  const source = addressOf('manual', round)
  await world.attacker.ask(`from ${source}`)
  await sleep(150 + 37 * (round % 10))
  const beganMs = monotonicMs()
  await callApi(world.netscope, 'POST', '/blacklist', { ip: source })
  const lastMs = await stillSince(world, source)
  await world.attacker.ask('end')
  return Math.max(0, lastMs - beganMs)
}

interface Answered {
  firstMs: number
  lastMs: number
  /** From the alert to the block, as the action itself says. */
  answerMs: number
}

const answered = async (world: World, round: number): Promise<Answered> => {
  const source = addressOf('scan', round)
  await world.attacker.ask(`from ${source}`)
  // At another point of the agent's second each time.
  await sleep(500 + 97 * (round % 10))
  const scan = JSON.parse(await world.attacker.ask(`scan ${targetOf(round)}`)) as {
    firstMs: number
    lastMs: number
  }
  const lastMs = await stillSince(world, source, scan.lastMs)
  await world.attacker.ask('end')
  const { actions } = await callApi(world.netscope, 'GET', `/api/v1/actions?target=${source}`)
  const answerMs = (actions as { latencyMs: number | null }[])[0]?.latencyMs ?? Number.NaN
  return { firstMs: lastMs - scan.firstMs, lastMs: lastMs - scan.lastMs, answerMs }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN

const rowOf = (name: string, values: readonly number[], goal?: (p95: number) => Goal) => {
  const p95 = percentile(values, 0.95)
  const cells = [median(values), p95, Math.min(...values), Math.max(...values)].map(figure)
  return { name, cells, ...(goal && { goal: goal(p95) }) }
}

/** Where the server is, seen from the agent. */
interface Place {
  title: string
  isOverTls: boolean
  /** For the last packet after the evidence is complete. */
  mostMs: number
}
const PLACES: readonly Place[] = [
  { title: 'agent and server on one host', isOverTls: false, mostMs: 1500 },
  { title: 'agent joined over TLS', isOverTls: true, mostMs: 2000 },
]

const startWorld = async (
  place: Place,
  { undo, folder }: Pick<Setting, 'undo' | 'folder'>,
  rounds: number,
) => {
  const { a, b } = createCable(undo)
  for (let i = 0; i < rounds; i++)
    for (const kind of ['manual', 'scan'] as const)
      b.run('ip', 'address', 'add', `${addressOf(kind, i)}/32`, 'dev', 'vb')
  for (let i = 0; i < rounds; i++) a.run('ip', 'address', 'add', `${targetOf(i)}/32`, 'dev', 'va')
  b.run('ip', 'route', 'add', '198.18.1.0/24', 'via', a.address)
  a.run('ip', 'route', 'add', '9.0.0.0/8', 'via', b.address)
  a.run('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.va.rp_filter=0')
  const flags = ['--respond-blocks-per-hour=1000']
  const uplink = place.isOverTls ? await createDelayedUplink(a, folder, undo) : undefined
  const netscope = await startNetscope(a, { folder, flags, ...(uplink && { uplink }) }, undo)
  const policy = {
    ...{ name: 'bench', when: 'detector ~ scan', mode: 'enforce', for: '1m' },
    do: { block: 'address' },
  }
  await callApi(netscope, 'POST', '/api/v1/policies', policy)
  await callApi(netscope, 'POST', '/api/v1/policies/bench/confirm')
  const inside = (...words: string[]) => [process.execPath, ...words]
  const world: World = {
    netscope,
    receiver: startLineProcess(a.inside(...inside(STREAM, 'receive', a.address)), undo),
    attacker: startLineProcess(b.inside(...inside(ATTACKER, a.address)), undo),
  }
  await sleep(2000)
  return { world, roundTripMs: uplink?.roundTripMs }
}

const measure = async (place: Place, setting: Setting): Promise<Table> => {
  const rounds = setting.quick ? 3 : 24
  const undo = createUndo()
  const removed = setting.undo.add(undo.all)
  const folder = join(setting.folder, place.isOverTls ? 'tls' : 'host')
  mkdirSync(folder)
  const { world, roundTripMs } = await startWorld(place, { undo, folder }, rounds)
  const byHand: number[] = []
  const scans: Answered[] = []
  for (let i = 0; i < rounds; i++) {
    setting.say(`${place.title}: round ${i + 1} of ${rounds}`)
    byHand.push(await manual(world, i))
    scans.push(await answered(world, i))
  }
  await Promise.all([world.netscope.agent.end(), world.netscope.server.end()])
  removed()
  const of = (field: keyof Answered) => scans.map((one) => one[field])
  const line = roundTripMs === undefined ? '' : `, ${figure(roundTripMs)} ms there and back`
  return {
    title: `Until the block is in force, ms, ${rounds} rounds: ${place.title}${line}`,
    columns: ['median', 'p95', 'min', 'max'],
    rows: [
      rowOf('POST /blacklist → its last packet', byHand, (p95) => atMost(p95, 100, ' ms')),
      rowOf('first SYN of a scan → its last packet', of('firstMs')),
      rowOf('last SYN of a scan → its last packet', of('lastMs'), (p95) =>
        atMost(p95, place.mostMs, ' ms'),
      ),
      rowOf('alert known → confirmed by the agent', of('answerMs')),
    ],
    notes: place.isOverTls
      ? ['The line is two TUN interfaces and a program that holds each packet for 10 ms.']
      : [
          'A scan is 200 ports at once: the packet that completes the evidence is among them. The source also sends a datagram every 2 ms: the last that comes through is when the block is in force.',
        ],
  }
}

export const responseLatencyBenchmark: Benchmark = {
  name: 'response-latency',
  description: 'from a request, and from a scan, to the block in force in the kernel',
  run: async (setting: Setting): Promise<Table[]> => {
    const tables: Table[] = []
    for (const place of PLACES) tables.push(await measure(place, setting))
    return tables
  },
}
