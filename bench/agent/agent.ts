import type { Benchmark } from '../rig/benchmark.ts'
export const agentBenchmark: Benchmark = { name: 'agent', description: '', run: async () => [] }
