/** One process that the supervisor keeps running. */

export interface Program {
  name: string
  /** Command and arguments. Each step of the command must replace itself (exec), so that signals arrive. */
  command: readonly [string, ...string[]]
  env: NodeJS.ProcessEnv
  cwd: string
  /** Which permissions files made by it lack, as in umask(2). */
  umask: number
}

/** How long things take, in milliseconds. */
export interface Timing {
  /** Pause before the first restart; doubled for each further one. */
  firstPauseMs: number
  longestPauseMs: number
  /** A process that lived this long starts again with the first pause. */
  healthyMs: number
  /** From SIGTERM to SIGKILL. */
  graceMs: number
}

export const TIMING: Timing = {
  firstPauseMs: 50,
  longestPauseMs: 10_000,
  healthyMs: 30_000,
  graceMs: 5_000,
}

/** Exit code of a process whose configuration is wrong: starting it again would not help. */
export const EXIT_CONFIGURATION = 2

export type Say = (line: string) => void
