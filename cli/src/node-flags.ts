/** Flags and environment of Node for the processes that the CLI starts. */

const ALL = ['--disable-warning=ExperimentalWarning']
/**
 * MiB of each half of V8's young generation. The agent allocates little that lives, and would otherwise
 * let 16 MiB fill up before it looks: 25 MB of resident memory at 100,000 flows.
 */
const AGENT = ['--max-semi-space-size=1']

export const nodeFlags = (part: 'agent' | 'server'): string[] =>
  part === 'agent' ? [...ALL, ...AGENT] : ALL

/** One heap for all threads of the agent: each further one of glibc keeps what it once had, 8 MB in all. */
export const nodeEnvironment = (part: 'agent' | 'server'): Record<string, string> =>
  part === 'agent' ? { MALLOC_ARENA_MAX: '1' } : {}
