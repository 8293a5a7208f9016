/**
 * Lets programs of this machine in as an admin who may read the file that holds the token: root, and the user of the
 * server. It changes with every start.
 */
import { timingSafeEqual } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import { LOCAL_TOKEN_FILE, type LocalToken } from '@netscope/core/local-token.ts'
import { hashSecret, makeSecret } from './secret.ts'

export interface LocalTokenFile {
  readonly token: string
  matches(token: string): boolean
  /** Writes the file: the token, and where it is good for. */
  start(url: string): void
  /** Removes it. */
  stop(): void
}

export const createLocalToken = (folder: string): LocalTokenFile => {
  const token = makeSecret('nsl_')
  const hash = hashSecret(token)
  const path = join(folder, LOCAL_TOKEN_FILE)
  let isWritten = false

  return {
    token,
    matches: (given) => timingSafeEqual(hashSecret(given), hash),
    start(url) {
      const draft = `${path}.${process.pid}`
      const content: LocalToken = { url, token }
      try {
        mkdirSync(folder, { recursive: true, mode: 0o750 })
        rmSync(draft, { force: true })
        writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' })
        renameSync(draft, path)
        isWritten = true
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new NetscopeError('state.unwritable', { path, reason }, { cause })
      }
    },
    stop() {
      if (isWritten) rmSync(path, { force: true })
      isWritten = false
    },
  }
}
