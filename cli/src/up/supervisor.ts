/** Keeps several programs running until it is told to stop or one of them refuses its configuration. */
import { createChild } from './child.ts'
import { EXIT_CONFIGURATION, TIMING, type Program, type Say, type Timing } from './program.ts'

export interface Supervisor {
  start(): void
  /** Stops all programs, the last one first. */
  stop(): Promise<void>
  /** Resolves with the exit code when everything has stopped. */
  readonly done: Promise<number>
  /** Process id by program name; undefined while a program is not running. */
  pid(name: string): number | undefined
}

interface SupervisorDeps {
  say: Say
  /** Takes what the programs write, line by line; without it they write where we do. */
  show?: (name: string, line: string) => void
  timing?: Timing
}

/** Supervises `programs`, started in order; inert until start(). */
export const createSupervisor = (
  programs: readonly Program[],
  { say, show, timing = TIMING }: SupervisorDeps,
): Supervisor => {
  const { promise: done, resolve } = Promise.withResolvers<number>()
  let stopped: Promise<void> | undefined

  const end = (code: number): Promise<void> => (stopped ??= stopAll().then(() => resolve(code)))
  const onRefused = (): void => void end(EXIT_CONFIGURATION)
  const children = new Map(
    programs.map((program) => {
      const showLine = show && ((line: string): void => show(program.name, line))
      return [program.name, createChild(program, { timing, say, show: showLine, onRefused })]
    }),
  )
  const stopAll = async (): Promise<void> => {
    for (const child of [...children.values()].toReversed()) await child.stop()
  }

  return {
    start: () => children.forEach((child) => child.start()),
    stop: () => end(0),
    done,
    pid: (name) => children.get(name)?.pid(),
  }
}
