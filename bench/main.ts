/** npm run bench -- NAME... [--quick]: measures and prints figures beside their baseline and what is to be reached. */
import { agentBenchmark } from './agent/agent.ts'
import { apiBenchmark } from './api/api.ts'
import { attributionBenchmark } from './attribution/attribution.ts'
import { burstBenchmark } from './burst/burst.ts'
import { captureRingBenchmark } from './capture-ring/capture-ring.ts'
import { connectionsBenchmark } from './connections/connections.ts'
import { detectBenchmark } from './detect/detect.ts'
import { exportBenchmark } from './export/export.ts'
import { feedsBenchmark } from './feeds/feeds.ts'
import { floodBenchmark } from './flood/flood.ts'
import { historyBenchmark } from './history/history.ts'
import { iforestBenchmark } from './iforest/iforest.ts'
import { ingestBenchmark } from './ingest/ingest.ts'
import { kernelBenchmark } from './kernel/kernel.ts'
import { limitsBenchmark } from './limits/limits.ts'
import { listsBenchmark } from './lists/lists.ts'
import { metricsBenchmark } from './metrics/metrics.ts'
import { peersBenchmark } from './peers/peers.ts'
import { queryBenchmark } from './query/query.ts'
import type { Benchmark } from './rig/benchmark.ts'
import { describeMachine } from './rig/machine.ts'
import { raisePriority } from './rig/priority.ts'
import { formatTable } from './rig/table.ts'
import { createUndo, temporaryFolder } from './rig/undo.ts'
import { responseLatencyBenchmark } from './response/response-latency.ts'
import { ringBenchmark } from './ring/ring.ts'
import { snapshotBenchmark } from './snapshot/snapshot.ts'
import { throughputBenchmark } from './throughput/throughput.ts'
import { tiersBenchmark } from './tiers/tiers.ts'

const BENCHMARKS: readonly Benchmark[] = [
  kernelBenchmark,
  throughputBenchmark,
  peersBenchmark,
  snapshotBenchmark,
  ringBenchmark,
  captureRingBenchmark,
  listsBenchmark,
  limitsBenchmark,
  agentBenchmark,
  metricsBenchmark,
  queryBenchmark,
  tiersBenchmark,
  attributionBenchmark,
  connectionsBenchmark,
  apiBenchmark,
  historyBenchmark,
  detectBenchmark,
  exportBenchmark,
  feedsBenchmark,
  floodBenchmark,
  iforestBenchmark,
  ingestBenchmark,
  responseLatencyBenchmark,
  burstBenchmark,
]

const usage = (): string =>
  [
    'npm run bench -- NAME... [--quick]     (as root; `all` runs every one)',
    ...BENCHMARKS.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`),
  ].join('\n')

const chosen = (names: string[]): readonly Benchmark[] =>
  names.includes('all') ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name))

const measure = async (benchmark: Benchmark, quick: boolean): Promise<void> => {
  const undo = createUndo()
  raisePriority(undo)
  const stop = () => {
    undo.all()
    process.exit(130)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    console.log(`\n## ${benchmark.name}: ${benchmark.description}\n${describeMachine()}`)
    const say = (text: string) => console.error(`… ${text}`)
    const tables = await benchmark.run({ quick, undo, folder: temporaryFolder(undo), say })
    for (const table of tables) console.log(formatTable(table))
  } finally {
    undo.all()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

const main = async (): Promise<number> => {
  const names = process.argv.slice(2).filter((word) => word !== '--quick')
  const unknown = names.find(
    (word) => word !== 'all' && !BENCHMARKS.some(({ name }) => name === word),
  )
  if (unknown !== undefined || names.length === 0) {
    console.error(unknown === undefined ? usage() : `there is no benchmark ${unknown}\n${usage()}`)
    return 2
  }
  if (process.getuid?.() !== 0) {
    console.error(
      'The benchmarks load kernel programs and make network namespaces: run them as root.',
    )
    return 2
  }
  for (const benchmark of chosen(names)) await measure(benchmark, process.argv.includes('--quick'))
  return 0
}

process.exitCode = await main()
