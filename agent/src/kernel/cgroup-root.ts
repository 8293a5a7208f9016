/** The root of the cgroup v2 hierarchy, to which the socket programs are attached. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCgroupMount } from '../enrich/cgroup-mount.ts'

export interface CgroupRoot {
  fd: number
  close(): void
}

/**
 * Opens it, by a mount of our own where there is none; throws with the reason. Whoever started us may have opened it
 * already (agent/src/prepare).
 */
export const openCgroupRoot = (inherited?: string): CgroupRoot => {
  if (inherited) return { fd: Number(inherited), close: () => undefined }
  const folder = findCgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))?.path
  if (folder === undefined) return openPrivateMount()
  const fd = openSync(folder, 'r')
  return { fd, close: () => closeSync(fd) }
}

/** Mounted, opened and at once taken out of everybody's sight: the descriptor keeps it. Needs CAP_SYS_ADMIN. */
const openPrivateMount = (): CgroupRoot => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-cgroup-'))
  try {
    execFileSync('mount', ['-t', 'cgroup2', 'none', folder], { stdio: 'pipe' })
    const fd = openSync(folder, 'r')
    execFileSync('umount', ['-l', folder], { stdio: 'pipe' })
    return { fd, close: () => closeSync(fd) }
  } catch (cause) {
    throw new Error('no cgroup v2 hierarchy is mounted, and mounting one takes CAP_SYS_ADMIN', {
      cause,
    })
  } finally {
    rmdirSync(folder)
  }
}
