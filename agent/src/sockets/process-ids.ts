/** Dictionary ids of the processes that own sockets, by row of the socket table. */
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Dictionary } from '../enrich/dictionary.ts'
import { type CapturedOwner, capturedOwner } from './captured-owner.ts'
import { SOCKET_WORDS } from './socket-slot.ts'
import type { SocketTracker } from './socket-tracker.ts'

/** Sockets looked at in one tick: a look may read four files of /proc. */
const PER_TICK = 4096

export interface ProcessIds {
  /** After the tracker's tick: looks at the owners of new sockets. */
  tick(): void
  /** Id of the owner of the socket in this row; 0 unknown. */
  of(row: number): number
}

export const createProcessIds = (
  sockets: SocketTracker,
  capacity: number,
  deps: { dictionary: Dictionary; resolve(owner: CapturedOwner): ProcessInfo },
): ProcessIds => {
  const ids = new Uint32Array(capacity)
  /** Low word of the cookie that the id is of: rows change hands. */
  const cookies = new Uint32Array(capacity)
  const { words } = sockets

  const look = (row: number): void => {
    const owner = capturedOwner(words, row)
    ids[row] = owner ? deps.dictionary.process(deps.resolve(owner)) : 0
    cookies[row] = words[row * SOCKET_WORDS]!
  }

  return {
    tick: () => sockets.takeNew(PER_TICK, look),
    of: (row) => (cookies[row] === words[row * SOCKET_WORDS] ? ids[row]! : 0),
  }
}
