/** The file that says which process supervises here, so that two don't fight over one socket. */
import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { UpError } from './up-error.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** What supervises: agent and server of a machine together, or one of them alone. */
export type Claimed = 'up' | 'agent' | 'server'

/** Claims that part of `runDir` for this process; returns how to give it back. */
export const claim = (runDir: string, part: Claimed = 'up'): (() => void) => {
  const path = join(runDir, `${part}.pid`)
  const other = readPid(path)
  if (other !== undefined && other !== process.pid && isSupervisor(other, part)) {
    throw new UpError(
      `NetScope already runs here as process ${other}. Stop it (kill ${other}), ` +
        'or give this one a folder of its own: NETSCOPE_RUN_DIR=/run/netscope-2 and --server-port',
    )
  }
  remove(path)
  // The folder belongs to the unprivileged server: never follow what it may have put there.
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
  writeSync(file, `${process.pid}\n`)
  closeSync(file)
  return () => remove(path)
}

const readPid = (path: string): number | undefined => {
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    closeSync(file)
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
  } catch {
    return undefined
  }
}

/** Whether the process is one of us; its number may have been given to another since. */
const isSupervisor = (pid: number, part: Claimed): boolean => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(part) && words.some((word) => word.endsWith('/cli/src/main.ts'))
  } catch {
    return false
  }
}

const remove = (path: string): void => {
  try {
    unlinkSync(path)
  } catch {
    // It was not there.
  }
}
