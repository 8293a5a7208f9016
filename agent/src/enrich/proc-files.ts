/** Reads a process's files in /proc (proc(5)). A process may end at any moment: then undefined. */
import { closeSync, existsSync, openSync, readlinkSync, readSync, statSync } from 'node:fs'

/** Of /proc/PID/stat. */
export interface ProcStat {
  command: string
  state: string
  parent: number
  /** Clock ticks (1/100 s) between boot and its start. */
  startTicks: number
  /** Changes with every exec, where we may see it (ptrace access mode "read"): places of code, stack and arguments. */
  image: string
}

export interface ProcFiles {
  /** Effective user id of the process. */
  uid(pid: number): number | undefined
  stat(pid: number): ProcStat | undefined
  /** Arguments; empty of kernel threads and zombies. Of very long ones the beginning. */
  argv(pid: number): string[]
  exe(pid: number): { path?: string; denied: boolean }
  /** Cgroup paths by hierarchy: `''` is v2, `name=systemd`, `memory`, `pids` … are v1. */
  cgroups(pid: number): Map<string, string>
}

/** Enough for 2,048 characters of any length in UTF-8. */
const MAX_BYTES = 8192

/** `root`: where procfs is mounted. */
export const createProcFiles = (root = '/proc'): ProcFiles => {
  const buffer = Buffer.alloc(MAX_BYTES)
  const read = (path: string): string | undefined => {
    let fd: number | undefined
    try {
      fd = openSync(path, 'r')
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, MAX_BYTES, 0))
    } catch {
      return undefined
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
  }
  return {
    uid: (pid) => statSync(`${root}/${pid}`, { throwIfNoEntry: false })?.uid,
    stat(pid) {
      const path = `${root}/${pid}/stat`
      // Most that are asked for have ended: this is far cheaper than the error.
      return existsSync(path) ? parseStat(read(path) ?? '') : undefined
    },
    argv: (pid) => (read(`${root}/${pid}/cmdline`) ?? '').replace(/\0+$/, '').split('\0'),
    exe(pid) {
      try {
        return { path: readlinkSync(`${root}/${pid}/exe`), denied: false }
      } catch (error) {
        // Else ended, or a kernel thread. EACCES: another user's, and we are without CAP_SYS_PTRACE.
        return { denied: (error as NodeJS.ErrnoException).code === 'EACCES' }
      }
    },
    cgroups: (pid) => parseCgroups(read(`${root}/${pid}/cgroup`) ?? ''),
  }
}

/** The command stands in brackets and may itself hold brackets and blanks. */
const parseStat = (text: string): ProcStat | undefined => {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const fields = text.slice(close + 2).split(' ')
  // Fields count from 3 (state) here: 4 ppid, 22 starttime, 26 startcode, 28 startstack, 48 arg_start.
  const field = (number: number): string => fields[number - 3] ?? ''
  const startTicks = Number(field(22))
  if (fields.length < 20 || !Number.isSafeInteger(startTicks)) return undefined
  return {
    command: text.slice(open + 1, close),
    state: field(3),
    parent: Number(field(4)),
    startTicks,
    image: `${field(26)} ${field(28)} ${field(48)}`,
  }
}

/** Lines of `id:controllers:path`; the path may hold colons. */
const parseCgroups = (text: string): Map<string, string> => {
  const paths = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*(?:name=[^:]*)?):(\/.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) continue
    for (const name of controllers.split(',')) paths.set(name, path.replace(/ \(deleted\)$/, ''))
  }
  return paths
}
