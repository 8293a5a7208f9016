/** Records of ended flows over the uplink's socket into the history: how many a second, and how soon acknowledged. */
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { startProcess } from '../rig/process.ts'
import type { RunningProcess } from '../rig/process.ts'
import { atLeast, atMost, figure } from '../rig/table.ts'
import type { Row, Table } from '../rig/table.ts'
import { sendFrames } from './sender.ts'
import type { Sent } from './sender.ts'

const PER_SECOND = 150_000
const PROCESS = join(import.meta.dirname, 'ingest-server.ts')

interface Taken {
  cpuSeconds: number
  rssMiB: number
}

const taken = (server: RunningProcess): Taken[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{"cpuSeconds"'))
    .map((line) => JSON.parse(line) as Taken)

const percentile = ({ acknowledgedMs }: Sent, share: number): number =>
  acknowledgedMs[Math.min(acknowledgedMs.length - 1, Math.floor(acknowledgedMs.length * share))] ??
  Number.NaN

const measure = async (setting: Setting, name: string, perSecond: number): Promise<Row> => {
  const server = startProcess([process.execPath, PROCESS, setting.folder], setting.undo)
  const [line] = await server.printed(/^\{"socket".*\}$/m)
  const { socket } = JSON.parse(line) as { socket: string }
  setting.say(name)
  const sent = await sendFrames(socket, { perSecond, seconds: setting.quick ? 3 : 60, epoch: 1 })
  const samples = taken(server)
  await server.end()
  const achieved = sent.records / sent.seconds
  const peakMiB = Math.max(...samples.map(({ rssMiB }) => rssMiB))
  const cpu = (samples.at(-1)?.cpuSeconds ?? 0) / sent.seconds
  return {
    name,
    cells: [
      figure(achieved),
      figure(percentile(sent, 0.5)),
      figure(percentile(sent, 0.99)),
      figure(peakMiB),
      figure(cpu),
    ],
    goal:
      perSecond === Infinity
        ? atLeast(achieved, PER_SECOND, '/s')
        : atMost(percentile(sent, 0.99), 250, ' ms p99'),
  }
}

const run = async (setting: Setting): Promise<Table[]> => [
  {
    title: 'Records from the socket to the journal and the engine, acknowledged when durable',
    columns: ['records/s', 'ack median ms', 'ack p99 ms', 'peak MiB', 'CPUs'],
    rows: [
      await measure(setting, 'as fast as they are acknowledged', Infinity),
      await measure(setting, 'half as many as wanted', PER_SECOND / 2),
    ],
    notes: ['The sender runs on the same two CPUs, with records that were made before.'],
  },
]

export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  description: 'flow records from the uplink to durable, and how soon they are acknowledged',
  run,
}
