import type { Benchmark } from '../rig/benchmark.ts'
export const snapshotBenchmark: Benchmark = { name: 'snapshot', description: '', run: async () => [] }
