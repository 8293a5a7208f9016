/** The folders that agent and server write to: made, owned and closed as they should be. */
import {
  accessSync,
  chmodSync,
  constants,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Account } from './accounts.ts'
import { UpError } from './up-error.ts'

/** Folder of socket and process id: NETSCOPE_RUN_DIR, else where the system keeps such things. */
export const runDirOf = (env: NodeJS.ProcessEnv, isRoot: boolean, dataDir: string): string => {
  if (env['NETSCOPE_RUN_DIR']) return env['NETSCOPE_RUN_DIR']
  if (isRoot) return '/run/netscope'
  return env['XDG_RUNTIME_DIR'] ? join(env['XDG_RUNTIME_DIR'], 'netscope') : join(dataDir, 'run')
}

/**
 * Makes `path` for `owner` with this mode. A folder that exists is handed over only if `isOurs` or empty:
 * never /etc because somebody wrote it into the configuration.
 */
export const makeFolder = (path: string, mode: number, owner: Account, isOurs: boolean): void => {
  make(path)
  const names = readdirSync(path)
  if (!isOurs && names.length > 0 && lstatSync(path).uid !== owner.uid) {
    throw new UpError(
      `${path} holds files of others, so it is not handed to the user ${owner.user}. ` +
        'Name a folder of its own: --persistence-path /var/lib/netscope/lists.json',
    )
  }
  lchownSync(path, owner.uid, owner.gid)
  chmodSync(path, mode)
  for (const name of names) {
    // Files only: folders in it may belong to another part, and links lead anywhere.
    const file = join(path, name)
    if (lstatSync(file).isFile()) lchownSync(file, owner.uid, owner.gid)
  }
}

/** Makes `path` for the user that we are. */
export const makeOwnFolder = (path: string): void => {
  make(path)
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    throw new UpError(
      `${path} belongs to another user, perhaps because NetScope ran as root before. ` +
        'Name another place: --persistence-path $HOME/netscope/lists.json',
    )
  }
}

const make = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw new UpError(
      `cannot make the folder ${path} (${(error as Error).message}). Name another place: ` +
        'persistence.path in config.yaml for the lists, NETSCOPE_RUN_DIR for the socket.',
    )
  }
}
