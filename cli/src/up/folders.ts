/** The folders that agent and server write to: made, owned and closed as they should be. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
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

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/**
 * Makes `path` for `owner` with this mode. A folder that exists is handed over only if `isOurs` or empty:
 * never /etc because somebody wrote it into the configuration, or put a link to it where the folder was.
 */
export const makeFolder = (path: string, mode: number, owner: Account, isOurs: boolean): void => {
  make(path)
  const folder = openFolder(path)
  try {
    const names = readdirSync(`/proc/self/fd/${folder}`)
    if (!isOurs && names.length > 0 && fstatSync(folder).uid !== owner.uid) {
      throw new UpError(
        `${path} holds files of others, so it is not handed to the user ${owner.user}. ` +
          'Name folders of their own: --persistence-path /var/lib/netscope/lists.json for the agent, ' +
          '--storage-path /var/lib/netscope/server for the server',
      )
    }
    fchownSync(folder, owner.uid, owner.gid)
    fchmodSync(folder, mode)
    for (const name of names) handOver(`/proc/self/fd/${folder}/${name}`, owner)
  } finally {
    closeSync(folder)
  }
}

/** By descriptor from here on: the folder around it may belong to a user who can exchange it for a link. */
const openFolder = (path: string): number => {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    throw new UpError(
      `${path} is a link or no folder (${(error as Error).message}). Name the folder itself: ` +
        'persistence.path in config.yaml for the lists, storage.path for the server, NETSCOPE_RUN_DIR for the socket.',
    )
  }
}

/** Files only, and no further name of a file that lies elsewhere: folders may belong to another part. */
const handOver = (path: string, owner: Account): void => {
  const file = openIfFile(path)
  if (file === undefined) return
  const found = fstatSync(file)
  if (found.isFile() && found.nlink === 1) fchownSync(file, owner.uid, owner.gid)
  closeSync(file)
}

/** undefined: a link, a socket, or gone. */
const openIfFile = (path: string): number | undefined => {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return undefined
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
        'Name another place: --persistence-path $HOME/netscope/lists.json --storage-path $HOME/netscope/server',
    )
  }
}

const make = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw new UpError(
      `cannot make the folder ${path} (${(error as Error).message}). Name another place: ` +
        'persistence.path in config.yaml for the lists, storage.path for the server, NETSCOPE_RUN_DIR for the socket.',
    )
  }
}
