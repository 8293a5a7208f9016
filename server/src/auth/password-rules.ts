/** Which passwords are taken (NIST SP 800-63B: length counts, not kinds of characters), and how one is made up. */
import { randomInt } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'

const SHORTEST = 8
/** Characters; a bound on what is hashed. */
export const LONGEST_PASSWORD = 256

/** Guessed first by everybody who tries. */
const GUESSED =
  /^(?:password|passw0rd|netscope|administrator|letmein|changeme|default|qwerty|welcome)\d*$/i

const problemOf = (password: string, userName: string): string | undefined => {
  const { length } = password.normalize('NFKC')
  if (length < SHORTEST) return `it has fewer than ${SHORTEST} characters.`
  if (length > LONGEST_PASSWORD) return `it has more than ${LONGEST_PASSWORD} characters.`
  if (new Set(password).size < 4) return 'it repeats the same few characters.'
  if (
    password.toLowerCase().includes(userName.toLowerCase()) &&
    length < userName.length + SHORTEST
  )
    return 'it is hardly more than the name.'
  if (GUESSED.test(password) || '0123456789012345'.includes(password))
    return 'it is one of those that are guessed first.'
  return undefined
}

/** Throws `auth.password-weak`. */
export const checkPassword = (password: string, userName: string): void => {
  const reason = problemOf(password, userName)
  if (reason !== undefined) throw new NetscopeError('auth.password-weak', { reason })
}

/** Without the ones that look like others. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 5
const GROUP_LENGTH = 5

/** 124 bits, in groups that can be typed: `k3m7q-…`. */
export const makePassword = (): string => {
  const letter = () => LETTERS[randomInt(LETTERS.length)]
  const group = () => Array.from({ length: GROUP_LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
