/** Where `netscope login` keeps what it got: one file of the user, readable for nobody else. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Login {
  /** Origin of the server. */
  url: string
  name: string
  accessToken: string
  accessExpiresAtMs: number
  refreshToken: string
}

interface LoginFile {
  /** Of the server that commands ask if nothing else is said. */
  current: string
  logins: Login[]
}

export const loginPath = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'netscope', 'login.json')

const read = (path: string): LoginFile => {
  try {
    const { current, logins } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LoginFile>
    if (typeof current === 'string' && Array.isArray(logins)) return { current, logins }
  } catch {
    // None yet, or damaged: then the next login writes it anew.
  }
  return { current: '', logins: [] }
}

/** Whole or not at all: another command may read it meanwhile. */
const write = (path: string, file: LoginFile): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}

/** The login at the origin of `url`, if there is one. */
export const findLogin = (url: URL, path = loginPath()): Login | undefined =>
  read(path).logins.find((login) => login.url === url.origin)

/** Of the server that was last signed in to. */
export const currentLogin = (path = loginPath()): Login | undefined => {
  const { current, logins } = read(path)
  return logins.find((login) => login.url === current)
}

export const saveLogin = (login: Login, path = loginPath()): void => {
  const others = read(path).logins.filter(({ url }) => url !== login.url)
  write(path, { current: login.url, logins: [...others, login] })
}

export const removeLogin = (url: string, path = loginPath()): void => {
  const { current, logins } = read(path)
  const others = logins.filter((login) => login.url !== url)
  if (others.length === 0) rmSync(path, { force: true })
  else write(path, { current: current === url ? '' : current, logins: others })
}
