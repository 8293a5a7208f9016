/** The root of the cgroup v2 hierarchy, to which the socket programs are attached. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Folder of the first mount whose type is cgroup2 (proc(5), mountinfo); on hybrid hosts it lies below v1's tree. */
export const cgroup2Mount = (mountinfo: string): string | undefined => {
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    if (after.startsWith('cgroup2 ')) return unescapeOctal(before.split(' ')[4] ?? '')
  }
  return undefined
}

const unescapeOctal = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

export interface CgroupRoot {
  fd: number
  /** How we came to it: a folder, or `private mount`. */
  place: string
  close(): void
}

/**
 * Opens it, by a mount of our own where there is none; throws with the reason. Whoever started us may have opened it
 * already (agent/src/prepare).
 */
export const openCgroupRoot = (inherited?: string): CgroupRoot => {
  if (inherited) return { fd: Number(inherited), place: 'inherited', close: () => undefined }
  const folder = cgroup2Mount(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (folder === undefined) return openPrivateMount()
  const fd = openSync(folder, 'r')
  return { fd, place: folder, close: () => closeSync(fd) }
}

/** Mounted, opened and at once taken out of everybody's sight: the descriptor keeps it. Needs CAP_SYS_ADMIN. */
const openPrivateMount = (): CgroupRoot => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-cgroup-'))
  try {
    execFileSync('mount', ['-t', 'cgroup2', 'none', folder], { stdio: 'pipe' })
    const fd = openSync(folder, 'r')
    execFileSync('umount', ['-l', folder], { stdio: 'pipe' })
    return { fd, place: 'private mount', close: () => closeSync(fd) }
  } catch (cause) {
    throw new Error('no cgroup v2 hierarchy is mounted, and mounting one takes CAP_SYS_ADMIN', {
      cause,
    })
  } finally {
    rmdirSync(folder)
  }
}
