/** Runs one program, starts it again when it dies, and stops it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { EXIT_CONFIGURATION, type Program, type Say, type Timing } from './program.ts'

export interface Child {
  start(): void
  /** SIGTERM, after the grace time SIGKILL; resolves when the process is gone. */
  stop(): Promise<void>
  /** Process id; undefined between two runs. */
  pid(): number | undefined
}

interface ChildDeps {
  timing: Timing
  say: Say
  /** Called once when the process says that its configuration is wrong. */
  onRefused(): void
}

/** A supervised process; inert until start(). */
export const createChild = (program: Program, { timing, say, onRefused }: ChildDeps): Child => {
  let running: ChildProcess | undefined
  let restart: NodeJS.Timeout | undefined
  let pauseMs = timing.firstPauseMs
  let stopping = false

  const start = (): void => {
    const startedAt = performance.now()
    const child = launch(program)
    running = child
    let ended = false
    const onEnd = (how: string, code?: number | null): void => {
      if (ended) return
      ended = true
      running = undefined
      if (!stopping) afterDeath(how, code, performance.now() - startedAt)
    }
    child.once('error', (error) => onEnd(`cannot be started (${error.message})`))
    child.once('exit', (code, signal) =>
      onEnd(signal ? `was killed by ${signal}` : `ended with code ${code}`, code),
    )
  }

  const afterDeath = (how: string, code: number | null | undefined, livedMs: number): void => {
    if (code === EXIT_CONFIGURATION) {
      say(`${program.name} refuses to start, see above`)
      onRefused()
      return
    }
    if (livedMs >= timing.healthyMs) pauseMs = timing.firstPauseMs
    say(`${program.name} ${how}; starting it again in ${pauseMs / 1000} s`)
    restart = setTimeout(start, pauseMs)
    pauseMs = Math.min(2 * pauseMs, timing.longestPauseMs)
  }

  const stop = async (): Promise<void> => {
    stopping = true
    clearTimeout(restart)
    const child = running
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const kill = setTimeout(() => {
      say(`${program.name} did not stop within ${timing.graceMs / 1000} s: killed`)
      child.kill('SIGKILL')
    }, timing.graceMs)
    await gone
    clearTimeout(kill)
  }

  return { start, stop, pid: () => running?.pid }
}

/** In a session of its own, so that Ctrl-C reaches the supervisor alone and the order of stopping is ours. */
const launch = ({ command: [file, ...args], env, cwd, umask }: Program): ChildProcess => {
  const before = process.umask(umask)
  try {
    return spawn(file, args, { env, cwd, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  } finally {
    process.umask(before)
  }
}
