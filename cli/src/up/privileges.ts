/** Commands that give up privileges before they run a program (setpriv(1) of util-linux). */
import type { Account } from './accounts.ts'
import type { Capability } from './capabilities.ts'

/** Ends a child whose supervisor was killed; SIGTERM, so that the agent can still detach from the kernel. */
const DIE_WITH_PARENT = ['--pdeathsig', 'TERM'] as const

/** Runs `command` as `account` with exactly these capabilities, which it can never extend. */
export const asAccount = (
  { uid, gid }: Account,
  capabilities: readonly Capability[],
  command: readonly string[],
): [string, ...string[]] => {
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  return [
    'setpriv',
    ...['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--no-new-privs'],
    ...[`--inh-caps=${set}`, `--ambient-caps=${set}`, `--bounding-set=${set}`],
    ...DIE_WITH_PARENT,
    ...command,
  ]
}

/** Runs `command` as the user that we are. */
export const asSelf = (command: readonly string[]): [string, ...string[]] => [
  'setpriv',
  '--no-new-privs',
  ...DIE_WITH_PARENT,
  ...command,
]

/** Before Linux 5.11 BPF maps count as locked memory (RLIMIT_MEMLOCK), 64 kB by default. */
export const withLockedMemory = (
  command: [string, ...string[]],
  release: string,
): [string, ...string[]] => {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  const isOld = major < 5 || (major === 5 && minor < 11)
  return isOld ? ['prlimit', '--memlock=unlimited:unlimited', '--', ...command] : command
}
