/** Dictionary ids of the processes that own sockets, by row of a socket table. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary } from '../enrich/dictionary.ts'
import type { Resolution } from '../enrich/processes.ts'
import { SOCKET_WORDS } from './socket-slot.ts'
import type { SocketTracker } from './socket-tracker.ts'

/** Sockets looked at in one tick; most are of processes that are known already. */
const PER_TICK = 8192

export interface ProcessIds {
  /** After the tracker's tick: looks at the owners of new sockets, and of those that had to wait. */
  tick(): void
  /** Looks at all sockets without an owner again: there is more to be known. */
  again(): void
  /** Id of the owner of the socket in this row; 0 unknown. */
  of(row: number): number
  /** Another owner than the one that was captured. */
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
  let waiting: number[] = []
  let unknown: number[] = []

  const look = (row: number): void => {
    const owner = ownerOf(row)
    ids[row] = owner ? dictionary.process(owner.process) : 0
    cookies[row] = words[row * SOCKET_WORDS]!
    if (owner?.later) waiting.push(row)
    if (!owner && unknown.length < capacity) unknown.push(row)
  }

  return {
    tick() {
      const before = waiting
      waiting = []
      for (const row of before) if (words[row * SOCKET_WORDS] !== 0) look(row)
      takeNew(PER_TICK, look)
    },
    again() {
      waiting.push(...unknown)
      unknown = []
    },
    of: (row) => (cookies[row] === words[row * SOCKET_WORDS] ? ids[row]! : 0),
    set(row, process) {
      ids[row] = dictionary.process(process)
      cookies[row] = words[row * SOCKET_WORDS]!
    },
    markUsed(mark) {
      for (const id of ids) if (id !== 0) mark(id)
    },
  }
}
