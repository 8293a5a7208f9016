/** Tokens that only their holder knows: made of 256 random bits, kept as their SHA-256. */
import { createHash, createHmac, randomBytes } from 'node:crypto'

/** The prefix says what it is to people, logs and secret scanners. */
export type SecretPrefix = 'nst_' | 'nsr_' | 'nsl_' | 'nsd_' | 'nsa_'

export const makeSecret = (prefix: SecretPrefix): string =>
  prefix + randomBytes(32).toString('base64url')

/** Without salt: there is nothing to guess in 256 random bits. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** The one that follows `secret`; only who holds `key` can tell it. */
export const nextSecret = (prefix: SecretPrefix, key: Uint8Array, secret: string): string =>
  prefix + createHmac('sha256', key).update(secret).digest('base64url')

const FORM = /^ns[trlda]_[\w-]{43}$/
export const isSecret = (text: string, prefix: SecretPrefix): boolean =>
  text.startsWith(prefix) && FORM.test(text)
