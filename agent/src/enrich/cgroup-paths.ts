/**
 * Cgroup v2 id → path. The id is the number of the directory's inode (fs/kernfs/dir.c; on 32-bit kernels the
 * inode is only its lower half). Ids count up and don't come back, so the paths of vanished cgroups stay right.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { findCgroupMount } from './cgroup-mount.ts'

export interface CgroupPathsConfig {
  /** Folder where cgroup v2 is mounted (`/proc/self/fd/N` of a private mount); without it, what mountinfo tells. */
  mount?: string
  mountinfo?: string
  maxCgroups?: number
}

export interface CgroupPaths {
  start(nowMs: number): void
  /** Every tick: looks whether there are new cgroups, so that one that lives for a second is known afterwards. */
  refresh(nowMs: number): void
  /** Path below the mount, `/` for its root; undefined if not known. A miss may scan. Ids count up: none reaches 2^53. */
  pathOf(id: number, nowMs: number): string | undefined
  /** Why paths are missing, in words for people; undefined when all is well. */
  reason(): string | undefined
}

const SCAN_EVERY_MS = 250
const REFRESH_EVERY_MS = 1000
/** Scans take at most this part of the time. */
const SCAN_SHARE = 0.02
const KEEP_MS = 10 * 60_000
/** An id that wasn't found isn't looked for again so long. */
const FORGET_MISS_MS = 10_000
const MAX_MISSES = 4096
const MAX_CGROUPS = 65_536

interface Cgroup {
  path: string
  seenMs: number
}

/** Knows at most `maxCgroups` paths; a vanished one for ten minutes. */
export const createCgroupPaths = (config: CgroupPathsConfig = {}): CgroupPaths => {
  const { mountinfo = '/proc/self/mountinfo', maxCgroups = MAX_CGROUPS } = config
  let mount: string | undefined
  let cgroups = new Map<number, Cgroup>()
  const misses = new Map<number, number>()
  let nextScanMs = -Infinity
  let nextRefreshMs = -Infinity
  let counts = ''
  let full = false

  const scan = (nowMs: number): void => {
    if (mount === undefined) return
    const startedAt = performance.now()
    counts = readText(`${mount}/cgroup.stat`)
    const found = walk(mount, maxCgroups)
    full = found.size >= maxCgroups
    cgroups = merge(cgroups, found, nowMs, maxCgroups)
    nextScanMs = nowMs + Math.max(SCAN_EVERY_MS, (performance.now() - startedAt) / SCAN_SHARE)
    nextRefreshMs = nowMs + REFRESH_EVERY_MS
  }
  const missed = (id: number, nowMs: number): undefined => {
    const oldest = misses.size >= MAX_MISSES ? misses.keys().next().value : undefined
    if (oldest !== undefined) misses.delete(oldest)
    misses.set(id, nowMs + FORGET_MISS_MS)
    return undefined
  }
  return {
    start(nowMs) {
      mount = config.mount ?? findCgroupMount(readText(mountinfo))?.path
      scan(nowMs)
    },
    refresh(nowMs) {
      if (mount === undefined || nowMs < Math.max(nextScanMs, nextRefreshMs)) return
      nextRefreshMs = nowMs + REFRESH_EVERY_MS
      if (readText(`${mount}/cgroup.stat`) !== counts) scan(nowMs)
    },
    pathOf(id, nowMs) {
      const known = cgroups.get(id)
      if (known) return known.path
      if (mount === undefined || id <= 0 || nowMs < (misses.get(id) ?? -Infinity)) return undefined
      if (nowMs < nextScanMs) return undefined
      scan(nowMs)
      return cgroups.get(id)?.path ?? missed(id, nowMs)
    },
    reason() {
      if (mount === undefined) {
        return 'cgroup v2 is not mounted: containers of processes that have ended are not known.'
      }
      if (cgroups.size === 0) {
        return `The cgroup folder ${mount} can't be read: containers of processes that have ended are not known.`
      }
      return full
        ? `There are more than ${maxCgroups} cgroups: not all containers are known.`
        : undefined
    },
  }
}

/**
 * All folders below `mount`, parents first. A folder's link count is the number of folders in it plus two
 * (kernfs_refresh_inode()), so most are not opened at all. What can't be read is left out.
 */
const walk = (mount: string, limit: number): Map<number, string> => {
  const found = new Map<number, string>()
  const queue = ['/']
  for (let at = 0; at < queue.length && found.size < limit; at++) {
    const path = queue[at]!
    const folder = statFolder(mount + path)
    if (folder === undefined) continue
    found.set(folder.ino, path)
    if (folder.nlink === 2) continue
    for (const name of foldersIn(mount + path)) {
      if (queue.length >= limit) break
      queue.push(path === '/' ? `/${name}` : `${path}/${name}`)
    }
  }
  return found
}

const statFolder = (path: string): { ino: number; nlink: number } | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined // no permission
  }
}

const foldersIn = (path: string): string[] => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return [] // gone, or no permission
  }
}

/** What is there now, and of the vanished the last seen, as long and as many as may be kept. */
const merge = (
  before: Map<number, Cgroup>,
  found: Map<number, string>,
  nowMs: number,
  limit: number,
): Map<number, Cgroup> => {
  const merged = new Map<number, Cgroup>()
  for (const [id, path] of found) merged.set(id, { path, seenMs: nowMs })
  const gone = [...before].filter(
    ([id, { seenMs }]) => !found.has(id) && nowMs - seenMs < KEEP_MS && nowMs >= seenMs,
  )
  gone.sort(([, a], [, b]) => b.seenMs - a.seenMs)
  for (const [id, cgroup] of gone.slice(0, Math.max(0, limit - merged.size))) merged.set(id, cgroup)
  return merged
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
