/** Which process holds a socket, from /proc/PID/fd: for sockets older than the agent, which no hook has seen. */
import { readdirSync, readlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

export interface SocketOwners {
  /** Inode of a socket → pid. Of several processes that hold it, the one with the lowest pid, but 1 the last. */
  pids: Map<number, number>
  /** Why owners are missing, in words for people. */
  reason?: string
}

export interface SocketOwnersConfig {
  procRoot?: string
  maxSockets?: number
}

/** Links read before others may run: about 1 ms. */
const LINKS_A_TURN = 256
const MAX_SOCKETS = 262_144

/**
 * Looks through all open files once: about 4 µs each, with a pause every millisecond. Other users' processes need
 * root or CAP_SYS_PTRACE. `wanted`: only these inodes, and no longer than until all are found.
 */
export const findSocketOwners = async (
  { procRoot = '/proc', maxSockets = MAX_SOCKETS }: SocketOwnersConfig = {},
  wanted?: ReadonlySet<number>,
): Promise<SocketOwners> => {
  const pids = new Map<number, number>()
  let unreadable = 0
  let links = 0
  const isDone = () => pids.size >= maxSockets || pids.size === wanted?.size
  for (const pid of listPids(procRoot)) {
    if (isDone()) break
    const folder = `${procRoot}/${pid}/fd`
    const names = listOpenFiles(folder)
    if (names === undefined) unreadable++
    for (const name of names ?? []) {
      if (++links % LINKS_A_TURN === 0) await setImmediate()
      if (isDone()) break
      const inode = socketInode(`${folder}/${name}`)
      if (inode === undefined || pids.has(inode) || wanted?.has(inode) === false) continue
      pids.set(inode, pid)
    }
  }
  const reasons = [
    ...(unreadable === 0
      ? []
      : [
          `The open files of ${unreadable} processes were not readable: CAP_SYS_PTRACE is missing.`,
        ]),
    ...(pids.size >= maxSockets && pids.size !== wanted?.size
      ? [`More than ${maxSockets} sockets are open: not all have an owner.`]
      : []),
  ]
  return { pids, ...(reasons.length === 0 ? {} : { reason: reasons.join(' ') }) }
}

const listPids = (procRoot: string): number[] =>
  readdirSync(procRoot)
    .map(Number)
    .filter((pid) => pid > 0)
    // systemd keeps sockets that it has handed to a service.
    .sort((a, b) => Number(a === 1) - Number(b === 1) || a - b)

/** Empty when the process has ended; undefined when we may not read it. */
const listOpenFiles = (folder: string): string[] | undefined => {
  try {
    return readdirSync(folder)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : []
  }
}

const socketInode = (path: string): number | undefined => {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(path)) ?? []
    return inode === undefined ? undefined : Number(inode)
  } catch {
    return undefined // closed meanwhile
  }
}
