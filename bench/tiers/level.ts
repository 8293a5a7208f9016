/** How much of the kernel side is attached: each level has what the one before has, and something more. */
import type { ProgramRuns } from './own-programs.ts'

export const LEVELS = ['nothing', 'flows', 'sockets', 'tracing'] as const
export type Level = (typeof LEVELS)[number]

/** What the attacher answers to `off`: proof that the level was there, and had room for all of the load. */
export interface Attached {
  /** Entries that were made. */
  flows: number
  sockets: number
  /** Connections that found no entry. */
  overflow: number
  /** Tracing hooks that got in. */
  hooks: string[]
  /** Filled while the kernel measures. */
  programs: ProgramRuns[]
}
