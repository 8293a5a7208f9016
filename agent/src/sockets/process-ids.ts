/** Dictionary ids of the processes that own sockets, by row of a socket table. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary } from '../enrich/dictionary.ts'
import type { Resolution } from '../enrich/processes.ts'
import { OWNER, SOCKET, SOCKET_WORDS } from './socket-slot.ts'
import type { SocketTracker } from './socket-tracker.ts'

/** Sockets looked at in one tick; most are of processes that are known already. */
const PER_TICK = 8192
const PID = (SOCKET.owner + OWNER.pid) / 4

export interface ProcessIds {
  /** After the tracker's tick: looks at the owners of new sockets, and of those that had to wait. */
  tick(): void
  /** Id of the owner of the socket in this row; 0 unknown. */
  of(row: number): number
  /** Another owner than the one that was captured, which it stays. */
  set(row: number, process: ProcessInfo): void
  markUsed(mark: (id: number) => void): void
}

/** `ownerOf`: undefined where nothing is known of the owner of the socket in a row. */
export const createProcessIds = (
  { words, takeNew }: Pick<SocketTracker, 'words' | 'takeNew'>,
  dictionary: Pick<Dictionary, 'process'>,
  ownerOf: (row: number) => Resolution | undefined,
): ProcessIds => {
  const capacity = words.length / SOCKET_WORDS
  const ids = new Uint32Array(capacity)
  /** Low word of the cookie that the id is of: rows change hands. */
  const cookies = new Uint32Array(capacity)
  /** Captured owner that the id is of: datagram sockets change hands. */
  const pids = new Uint32Array(capacity)
  let waiting: number[] = []

  /** Low word of the cookie for which `set` knows better. */
  const settled = new Uint32Array(capacity)

  const look = (row: number): void => {
    if (settled[row] === words[row * SOCKET_WORDS]) return
    const owner = ownerOf(row)
    ids[row] = owner ? dictionary.process(owner.process) : 0
    cookies[row] = words[row * SOCKET_WORDS]!
    pids[row] = words[row * SOCKET_WORDS + PID]!
    if (owner?.later) waiting.push(row)
  }

  return {
    tick() {
      const before = waiting
      waiting = []
      for (const row of before) if (words[row * SOCKET_WORDS] !== 0) look(row)
      takeNew(PER_TICK, look)
    },
    of(row) {
      if (cookies[row] !== words[row * SOCKET_WORDS]) return 0
      const pid = words[row * SOCKET_WORDS + PID]!
      if (pid !== pids[row]) {
        pids[row] = pid
        waiting.push(row)
      }
      return ids[row]!
    },
    set(row, process) {
      ids[row] = dictionary.process(process)
      cookies[row] = words[row * SOCKET_WORDS]!
      settled[row] = cookies[row]!
    },
    markUsed(mark) {
      for (let row = 0; row < ids.length; row++) {
        const isHere = cookies[row] === words[row * SOCKET_WORDS]
        if (ids[row] !== 0 && isHere) mark(ids[row]!)
      }
    },
  }
}
