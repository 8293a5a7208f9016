/** The first start: an account `admin`, with the password that was given or a random one. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NetscopeError } from '@netscope/core/errors.ts'
import { FIRST_PASSWORD_FILE } from '@netscope/core/first-password.ts'
import type { Audit } from './audit.ts'
import { LOCAL_PRINCIPAL } from './authenticate.ts'
import type { PasswordHasher } from './password-hash.ts'
import { checkPassword, makePassword } from './password-rules.ts'
import type { Users } from './users.ts'

export const FIRST_ADMIN = 'admin'

export interface GivenPassword {
  password: string
  /** Name of the variable that it came from. */
  place: string
}

/** NETSCOPE_ADMIN_PASSWORD, or the file that NETSCOPE_ADMIN_PASSWORD_FILE names; throws `auth.admin-password`. */
export const givenPassword = (
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): GivenPassword | undefined => {
  const name = 'NETSCOPE_ADMIN_PASSWORD'
  if (env[name]) return { password: env[name], place: name }
  const file = env[`${name}_FILE`]
  if (!file) return undefined
  const place = `${name}_FILE`
  try {
    return { password: readFile(file).replace(/\r?\n$/, ''), place }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('auth.admin-password', { place, reason }, { cause })
  }
}

export interface FirstAdminDeps {
  users: Users
  hasher: PasswordHasher
  audit: Audit
}

/** Makes the account if there is none yet; the password that was made up for it, if one was. */
export const makeFirstAdmin = async (
  given: GivenPassword | undefined,
  { users, hasher, audit }: FirstAdminDeps,
): Promise<string | undefined> => {
  if (users.count > 0) return undefined
  if (given) checkGiven(given)
  const password = given?.password ?? makePassword()
  const passwordHash = await hasher.hash(password)
  users.create({ name: FIRST_ADMIN, role: 'admin', passwordHash })
  const after = { role: 'admin', password: given ? `from ${given.place}` : 'random' }
  const record = { principal: LOCAL_PRINCIPAL, target: FIRST_ADMIN, from: 'first start' }
  audit.record({ ...record, action: 'user.create', after })
  return given ? undefined : password
}

const checkGiven = ({ password, place }: GivenPassword): void => {
  try {
    checkPassword(password, FIRST_ADMIN)
  } catch (cause) {
    const reason = String((cause as NetscopeError).params['reason'])
    throw new NetscopeError('auth.admin-password', { place, reason }, { cause })
  }
}

/** Where the made-up password waits until somebody has signed in with it: a log is no place for it. */
export const firstPasswordFile = (folder: string) => {
  const path = join(folder, FIRST_PASSWORD_FILE)
  return {
    path,
    write: (password: string): void => {
      rmSync(path, { force: true })
      writeFileSync(path, `${password}\n`, { mode: 0o600, flag: 'wx' })
    },
    remove: (): void => {
      if (existsSync(path)) rmSync(path, { force: true })
    },
  }
}
