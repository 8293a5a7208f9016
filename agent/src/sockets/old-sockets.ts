/**
 * Sockets that are older than our programs, which never call for them: looked up every few seconds, as long as there
 * are any, in a table of their own. Of the same network namespace only.
 */
import { TCP_STATES } from '@netscope/core/enrichment.ts'
import type { SocketTable } from '../source.ts'
import {
  diagCookie,
  diagInode,
  diagLocalPort,
  diagUid,
  writeDiagRow,
  type DiagMessage,
} from './diag-row.ts'
import { SOCKET, SOCKET_BYTES, SOCKET_CLOSED } from './socket-slot.ts'

const LISTEN = TCP_STATES.indexOf('listen')
const CLOSED = TCP_STATES.indexOf('closed')
/** Between two looks, in ticks of a second. */
const LOOK_EVERY = 5

/** A socket's inode in sockfs leads to its process; uid is all there is without CAP_SYS_PTRACE. */
export interface OldOwner {
  inode: number
  uid: number
}

export interface OldSockets {
  readonly table: SocketTable
  /** Looks at the sockets that are there, when it is time; `isKnown`: our programs follow it. */
  tick(isKnown: (low: number, high: number) => boolean): void
  /** Owner of the socket in a row of the table. */
  ownerOf(row: number): OldOwner | undefined
  /** Owner of the listener at a local port: of connections that it accepts nothing is captured. */
  listenerOwner(localPort: number): OldOwner | undefined
  /** Why nothing is known of old sockets; empty while all is well. */
  problem(): string
}

export const createOldSockets = (
  capacity: number,
  dump: (visit: (socket: DiagMessage) => void) => void,
): OldSockets => {
  const bytes = Buffer.alloc(capacity * SOCKET_BYTES)
  const rowOfCookie = new Map<string, number>()
  const owners = new Map<number, OldOwner>()
  const listeners = new Map<number, OldOwner>()
  const free: number[] = []
  let handedOut = 0
  let ticks = 0
  let overflow = 0
  let problem = ''
  let isFirst = true

  const rowFor = (key: string): number | undefined => {
    const known = rowOfCookie.get(key)
    // What began after the first look is our programs' to follow.
    if (known !== undefined || !isFirst) return known
    const row = free.pop() ?? (handedOut < capacity ? handedOut++ : undefined)
    if (row === undefined) overflow++
    else rowOfCookie.set(key, row)
    return row
  }

  const closeAllBut = (seen: ReadonlySet<string>): void => {
    for (const [key, row] of rowOfCookie) {
      if (seen.has(key)) continue
      bytes[row * SOCKET_BYTES + SOCKET.tcpState] = CLOSED
      bytes[row * SOCKET_BYTES + SOCKET.slotState] = SOCKET_CLOSED
      rowOfCookie.delete(key)
    }
  }

  const look = (isKnown: (low: number, high: number) => boolean): void => {
    const seen = new Set<string>()
    dump((socket) => {
      const owner = { inode: diagInode(socket), uid: diagUid(socket) }
      if (socket.state === LISTEN) {
        if (isFirst) listeners.set(diagLocalPort(socket), owner)
        return
      }
      const [low, high] = diagCookie(socket)
      if (isKnown(low, high)) return
      const key = `${low}.${high}`
      const row = rowFor(key)
      if (row === undefined) return
      seen.add(key)
      // Of the same family listeners are told first.
      const isClient = !listeners.has(diagLocalPort(socket))
      writeDiagRow(bytes, row * SOCKET_BYTES, socket, isClient)
      if (owner.inode !== 0) owners.set(row, owner)
    })
    isFirst = false
    closeAllBut(seen)
  }

  return {
    table: {
      capacity,
      slots: bytes,
      handedOut: () => handedOut,
      recycle: (rows, count) => {
        for (const row of rows.subarray(0, count)) {
          owners.delete(row)
          free.push(row)
        }
      },
      overflow: () => overflow,
      rtt: () => [],
    },
    tick(isKnown) {
      if (ticks++ % LOOK_EVERY !== 0) return
      if (!isFirst && rowOfCookie.size === 0) return
      try {
        look(isKnown)
        problem = ''
      } catch (error) {
        problem = `${(error as Error).message}: sockets older than the agent are not known`
      }
    },
    ownerOf: (row) => owners.get(row),
    listenerOwner: (port) => listeners.get(port),
    problem: () => problem,
  }
}
