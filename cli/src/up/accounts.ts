/** The two unprivileged system users, and their group, that agent and server run as. */
import type { Say } from './program.ts'
import type { Run } from './run.ts'
import { UpError } from './up-error.ts'

const GROUP = 'netscope'
const AGENT_USER = 'netscope-agent'
const SERVER_USER = 'netscope'

export interface Account {
  user: string
  uid: number
  gid: number
}

export interface Accounts {
  agent: Account
  server: Account
}

/** The accounts of this machine, created where they are missing. */
export const ensureAccounts = (run: Run, say: Say): Accounts => {
  const gid = ensure('group', GROUP, ['groupadd', '--system', GROUP], run, say)
  const account = (user: string): Account => {
    const create = [
      'useradd',
      '--system',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
    ] as const
    const options = ['--shell', '/usr/sbin/nologin', '--gid', GROUP, '--comment', 'NetScope', user]
    return { user, gid, uid: ensure('passwd', user, [...create, ...options], run, say) }
  }
  return { agent: account(AGENT_USER), server: account(SERVER_USER) }
}

/** Number of the entry `name` of `database`, after creating it by `create` if it does not exist. */
const ensure = (
  database: 'group' | 'passwd',
  name: string,
  create: readonly [string, ...string[]],
  run: Run,
  say: Say,
): number => {
  const find = (): number | undefined => {
    const { ok, output } = run(['getent', database, name])
    return ok ? Number(output.split(':')[2]) : undefined
  }
  const found = find()
  if (found !== undefined) return found
  say(`creating the system ${database === 'group' ? 'group' : 'user'} ${name}`)
  const { error } = run(create)
  const made = find()
  if (made !== undefined) return made
  throw new UpError(`cannot create ${name} (${error}). Create it by hand: ${create.join(' ')}`)
}
