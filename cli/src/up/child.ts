/** Runs one program, starts it again when it dies, and stops it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
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
  /** Takes each line that the process writes; without it the process writes where we do. */
  show?: ((line: string) => void) | undefined
  /** Called once when the process says that its configuration is wrong. */
  onRefused(): void
}

/** A supervised process; inert until start(). */
export const createChild = (
  program: Program,
  { timing, say, show, onRefused }: ChildDeps,
): Child => {
  let running: ChildProcess | undefined
  let restart: NodeJS.Timeout | undefined
  let pauseMs = timing.firstPauseMs
  let stopping = false

  const start = (): void => {
    const startedAt = performance.now()
    const child = launch(program, show)
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

const STDERR = 2

/** In a session of its own, so that Ctrl-C reaches the supervisor alone and the order of stopping is ours. */
const launch = (program: Program, show: ChildDeps['show']): ChildProcess => {
  const {
    command: [file, ...args],
    env,
    cwd,
    umask,
  } = program
  const output = show ? 'pipe' : 'inherit'
  // On standard output there is what is exported, and nothing else: agents log there.
  const plain = show || program.name !== 'agent' ? output : STDERR
  const before = process.umask(umask)
  try {
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', plain, output], detached: true })
    for (const input of [child.stdout, child.stderr]) {
      if (input && show) createInterface({ input }).on('line', show)
    }
    return child
  } finally {
    process.umask(before)
  }
}
