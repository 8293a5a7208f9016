/** The keys that the server signs with: one random secret in its folder, or the one that the configuration gives. */
import { hkdfSync, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'

const SECRET_BYTES = 32

export interface Keys {
  /** Signs access tokens. */
  access: Uint8Array
  /** Tells the successor of a refresh token. */
  refresh: Uint8Array
}

/** Each use has a key of its own (RFC 5869). */
const derive = (secret: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'netscope', use, SECRET_BYTES))

const keysOf = (secret: Uint8Array): Keys => ({
  access: derive(secret, 'access token'),
  refresh: derive(secret, 'refresh token'),
})

/** Keys for a server whose state is in memory: they end with it. */
export const passingKeys = (): Keys => keysOf(randomBytes(SECRET_BYTES))

/** Made at the first start, with mode 0600. `given` is used instead if it is not empty. */
export const loadKeys = (folder: string, given: string): Keys => {
  if (given !== '') return keysOf(Buffer.from(given))
  const path = join(folder, 'secret.key')
  const secret = read(path) ?? make(path)
  if (secret.length === SECRET_BYTES) return keysOf(secret)
  throw new NetscopeError('state.unreadable', { path, reason: 'a key has 32 bytes.' })
}

const read = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const reason = (error as Error).message
    throw new NetscopeError('state.unreadable', { path, reason }, { cause: error })
  }
}

/** Whole or not at all, also when the power goes. */
const make = (path: string): Buffer => {
  const secret = randomBytes(SECRET_BYTES)
  const draft = `${path}.${process.pid}`
  try {
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, secret)
    fsyncSync(file)
    closeSync(file)
    linkSync(draft, path)
    return secret
  } catch (error) {
    const reason = (error as Error).message
    throw new NetscopeError('state.unwritable', { path, reason }, { cause: error })
  } finally {
    removeQuietly(draft)
  }
}

const removeQuietly = (path: string): void => {
  try {
    unlinkSync(path)
  } catch {
    // It was not made.
  }
}
