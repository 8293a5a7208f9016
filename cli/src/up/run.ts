/** Runs a small system command to its end. */
import { spawnSync } from 'node:child_process'
import { withSystemFolders } from '../search-path.ts'

export interface Result {
  ok: boolean
  output: string
  /** What it wrote to standard error, or why it could not be started. */
  error: string
}

export type Run = (command: readonly [string, ...string[]]) => Result

const LIMIT_MS = 20_000

export const run: Run = ([file, ...args]) => {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    env: withSystemFolders(process.env),
  })
  return { ok: status === 0, output: stdout ?? '', error: error?.message ?? stderr.trim() }
}
