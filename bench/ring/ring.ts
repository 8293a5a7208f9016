import type { Benchmark } from '../rig/benchmark.ts'
export const ringBenchmark: Benchmark = { name: 'ring', description: '', run: async () => [] }
