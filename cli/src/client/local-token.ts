/** The token of a server on this machine: for whoever may read its file. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOCAL_TOKEN_FILE, type LocalToken } from '@netscope/core/local-token.ts'

/** Folders that a server of this machine may have written it to. */
export const localTokenFolders = (env: NodeJS.ProcessEnv = process.env): string[] => {
  if (env['NETSCOPE_RUN_DIR']) return [env['NETSCOPE_RUN_DIR']]
  const ofUser = env['XDG_RUNTIME_DIR'] ? [join(env['XDG_RUNTIME_DIR'], 'netscope')] : []
  return ['/run/netscope', ...ofUser, 'data/run']
}

/** What the file in `folder` says; undefined: there is none, or it is closed to us. */
export const readLocalToken = (folder: string): LocalToken | undefined => {
  try {
    const text = readFileSync(join(folder, LOCAL_TOKEN_FILE), 'utf8')
    const { url, token } = JSON.parse(text) as Partial<LocalToken>
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined
  } catch {
    return undefined
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Never to another machine: whoever listens there would be an admin here. */
const isSame = (url: URL, other: URL): boolean =>
  url.protocol === other.protocol &&
  url.port === other.port &&
  (url.hostname === other.hostname ||
    (LOOPBACK.test(url.hostname) && LOOPBACK.test(other.hostname)))

/** The token for the server at `url`, if that runs on this machine. */
export const localTokenFor = (url: URL, folders = localTokenFolders()): string | undefined => {
  for (const folder of folders) {
    const found = readLocalToken(folder)
    if (found && URL.canParse(found.url) && isSame(url, new URL(found.url))) return found.token
  }
  return undefined
}
