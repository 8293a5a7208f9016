import type { Benchmark } from '../rig/benchmark.ts'
export const listsBenchmark: Benchmark = { name: 'lists', description: '', run: async () => [] }
