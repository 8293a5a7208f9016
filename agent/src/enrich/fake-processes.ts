/** For tests and benchmarks: processes of which nothing is known but what the kernel captured. */
import type { Processes } from './processes.ts'

export const createFakeProcesses = (): Processes => ({
  start: () => undefined,
  tick: () => undefined,
  resolve: ({ pid, uid, command }) => ({ process: { pid, uid, command }, later: false }),
  ofPid: (pid) => ({ process: { pid, uid: 0, command: `process-${pid}` }, later: false }),
  counts: () => ({ cached: 0, read: 0, gone: 0, later: 0, deniedPaths: 0 }),
  reasons: () => [],
})
