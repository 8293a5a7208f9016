/**
 * Lets a user read a project that lies in a folder closed to all others, such as /root, without changing
 * anybody's permissions: in a mount namespace of its own the closed folder holds nothing but the project.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Account } from './accounts.ts'
import { asAccount } from './privileges.ts'
import type { Run } from './run.ts'
import { UpError } from './up-error.ts'

export interface Need {
  path: string
  access: 'ro' | 'rw'
}

export type Wrap = (command: [string, ...string[]]) => [string, ...string[]]

const SCRIPT = fileURLToPath(new URL('private-view.sh', import.meta.url))
const FIRST_CLOSED = 'for folder; do [ -x "$folder" ] || { printf %s "$folder"; exit 0; }; done'

/** From the root down to `path` itself: /a, /a/b. */
const foldersOf = (path: string): string[] => {
  const parent = dirname(path)
  return parent === path ? [] : [...foldersOf(parent), path]
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)

/** How to run a command so that `account` reaches everything it needs. */
export const viewFor = (account: Account, needs: readonly Need[], run: Run): Wrap => {
  const closed = closedFolders(account, needs, run)
  if (closed.length === 0) return (command) => command
  const shown = needs
    .filter(({ path }) => closed.some((folder) => isWithin(path, folder)))
    .flatMap((need) => (closed.includes(need.path) ? contentsOf(need) : [need]))
    .toSorted((a, b) => a.path.length - b.path.length)
  const stage = stageFor(needs)
  const words = [
    ...closed.map((path) => `hide:${path}`),
    ...shown.map(({ path, access }) => `${access}:${path}`),
  ]
  const wrap: Wrap = (command) => [
    'unshare',
    '--mount',
    '--',
    'sh',
    SCRIPT,
    stage,
    ...words,
    '--',
    ...command,
  ]
  const { ok, error } = run(wrap(['true']))
  if (ok) return wrap
  throw new UpError(
    `${closed.join(', ')} is closed to the user ${account.user}, and showing it the project there in a mount ` +
      `namespace failed (${error}). Move the project to a folder that all may enter, such as /opt/netscope.`,
  )
}

/** Folders that every system has (FHS 3.0); what is mounted on one is seen by nobody but the command. */
const STAGES = ['/mnt', '/media', '/srv', '/opt']

const stageFor = (needs: readonly Need[]): string =>
  STAGES.find((stage) => existsSync(stage) && !needs.some(({ path }) => isWithin(path, stage))) ??
  '/mnt'

/** The outermost folders that keep `account` from what it needs. */
const closedFolders = (account: Account, needs: readonly Need[], run: Run): string[] => {
  const closed = new Set<string>()
  for (const { path } of needs) {
    // A folder must be open itself; of a file only what leads to it.
    const folders = foldersOf(statSync(path).isDirectory() ? path : dirname(path))
    const { output } = run(asAccount(account, [], ['sh', '-c', FIRST_CLOSED, 'sh', ...folders]))
    if (output !== '') closed.add(output)
  }
  return [...closed]
}

const contentsOf = ({ path, access }: Need): Need[] =>
  readdirSync(path).map((name) => ({ path: join(path, name), access }))
