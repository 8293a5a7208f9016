/** Names of user ids from /etc/passwd. Users of LDAP and other NSS sources have no name here. */
import { readFileSync, statSync } from 'node:fs'
import { printable } from './printable.ts'

const LOOK_EVERY_MS = 1000
const MAX_BYTES = 8 * 2 ** 20
const MAX_USERS = 65_536
const MAX_NAME = 64

export interface UserNames {
  /** undefined when nobody has that id, or the file can't be read. */
  nameOf(uid: number, nowMs: number): string | undefined
}

/** Reads the file again when it has changed; looks at most once a second. */
export const createUserNames = ({ path = '/etc/passwd' }: { path?: string } = {}): UserNames => {
  let names = new Map<number, string>()
  let version = ''
  let lookedMs = -Infinity
  const look = (): void => {
    const file = statSync(path, { throwIfNoEntry: false })
    const now = file === undefined ? '' : `${file.ino} ${file.mtimeMs} ${file.size}`
    if (now === version) return
    version = now
    names = parse(file === undefined || file.size > MAX_BYTES ? '' : readText(path))
  }
  return {
    nameOf(uid, nowMs) {
      if (Math.abs(nowMs - lookedMs) >= LOOK_EVERY_MS) {
        lookedMs = nowMs
        look()
      }
      return names.get(uid)
    },
  }
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // a name is an extra: the number stands without it
  }
}

/** passwd(5); the first line of an id counts, as in getpwuid(3). */
const parse = (text: string): Map<number, string> => {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':', 3)
    if (/^(?:$|[#+-])/.test(name) || !/^\d{1,10}$/.test(uid) || names.has(Number(uid))) continue
    if (names.size >= MAX_USERS) break
    names.set(Number(uid), printable(name, MAX_NAME))
  }
  return names
}
