/** Flags and environment of Node for the processes that the CLI starts. */

const ALL = ['--disable-warning=ExperimentalWarning']
/**
 * MiB of each half of V8's young generation. The agent allocates little that lives, and would otherwise
 * let 16 MiB fill up before it looks: 25 MB of resident memory at 100,000 flows.
 */
const AGENT = ['--max-semi-space-size=1']
/**
 * Of the server, and of its thread for the history: records that rush in would let it grow to 128 MiB in each, which it
 * keeps when they are over.
 */
const SERVER = ['--max-semi-space-size=16']

export const nodeFlags = (part: 'agent' | 'server'): string[] => [
  ...ALL,
  ...(part === 'agent' ? AGENT : SERVER),
]

/**
 * Heaps of glibc, each of which keeps what it once had: one for all threads of the agent (8 MB less), two for the server's, where the
 * default is eight for each core.
 */
export const nodeEnvironment = (part: 'agent' | 'server'): Record<string, string> => ({
  MALLOC_ARENA_MAX: part === 'agent' ? '1' : '2',
})
