/**
 * Follows the kernel's socket entries: once a second it takes in new ones, adds up what all have done and gives the
 * slots of closed ones back. Finds the socket of a flow by cookie or by 5-tuple.
 */
import { hashAddress } from '../flows/address-hash.ts'
import type { SocketTable } from '../source.ts'
import { ChainIndex } from './chain-index.ts'
import { OWNER, PORTS, SOCKET, SOCKET_CLOSED, SOCKET_WORDS, STATES } from './socket-slot.ts'
import { createSocketTotals, type SocketBytes, type SocketTotals } from './socket-totals.ts'

/** A closed socket is kept as long as its flow may still ask for it (flows.closedLingerSeconds and some ticks). */
const LINGER_TICKS = 15
const TCP = 6
/** So that nobody can choose addresses that collide. */
const SEED = (Math.random() * 2 ** 32) >>> 0 || 1
const LOCAL = SOCKET.localAddr / 4
const REMOTE = SOCKET.remoteAddr / 4
const COOKIE = SOCKET.cookie / 4

/** What is kept of a row: 0 = not taken in. */
const KNOWN = 1
/** Has a 5-tuple; datagram sockets are found by cookie only. */
const KNOWN_TCP = 2

export interface SocketTracker {
  readonly totals: SocketTotals
  /** Live entries, SOCKET_WORDS each. */
  readonly words: Uint32Array
  /** Takes in what is new; afterwards rows of sockets that began before can be found. */
  tick(): void
  /** Row of the socket with this cookie; -1 when there is none (any more). */
  byCookie(low: number, high: number): number
  /**
   * Row of the socket whose local side is the address at `local` and whose peer that at `remote` of `from` (4 words
   * each); `ports`: local in the low half. -1 without one, or where several network namespaces have such a socket.
   */
  byTuple(from: Uint32Array, local: number, remote: number, ports: number): number
  /** Sockets that were taken in since the last call, oldest first, at most `limit`. */
  takeNew(limit: number, visit: (row: number) => void): void
  localPort(row: number): number
  /** By tracing: takes the place of what TCP has acknowledged and received. */
  applicationBytes(row: number, sent: number, received: number): void
  connectFailed(row: number, kind: 'refused' | 'timedOut'): void
  /** Payload bytes that the socket in a row has sent and received. The same object each time. */
  bytesOf(row: number): Readonly<SocketBytes>
  used(): number
}

export const createSocketTracker = (table: SocketTable): SocketTracker => {
  const { capacity } = table
  const words = new Uint32Array(table.slots.buffer, table.slots.byteOffset, capacity * SOCKET_WORDS)
  const cookies = new ChainIndex(capacity)
  const tuples = new ChainIndex(capacity)
  const known = new Uint8Array(capacity)
  const closedTicks = new Uint8Array(capacity)
  const free = new Uint32Array(capacity)
  const totals = createSocketTotals(words, capacity)
  let fresh: number[] = []
  let used = 0

  const appear = (row: number, at: number): void => {
    const isTcp = ((words[at + STATES]! >>> 16) & 0xff) === TCP
    known[row] = isTcp ? KNOWN_TCP : KNOWN
    used++
    cookies.insert(hashCookie(words[at + COOKIE]!, words[at + COOKIE + 1]!), row)
    if (isTcp) tuples.insert(hashTuple(words, at + LOCAL, at + REMOTE, words[at + PORTS]!), row)
    totals.appear(row)
    fresh.push(row)
  }

  const forget = (row: number): void => {
    cookies.remove(row)
    if (known[row] === KNOWN_TCP) tuples.remove(row)
    known[row] = 0
    closedTicks[row] = 0
    used--
    words.fill(0, row * SOCKET_WORDS, (row + 1) * SOCKET_WORDS)
  }

  return {
    totals,
    words,
    tick() {
      const end = table.handedOut()
      let freed = 0
      totals.begin()
      for (let row = 0, at = 0; row < end; row++, at += SOCKET_WORDS) {
        const state = words[at + STATES]! & 0xff
        if (state === 0) continue
        if (known[row] === 0) appear(row, at)
        totals.add(row)
        if (state !== SOCKET_CLOSED || ++closedTicks[row]! < LINGER_TICKS) continue
        totals.forget(row)
        forget(row)
        free[freed++] = row
      }
      if (freed > 0) {
        fresh = fresh.filter((row) => known[row] !== 0)
        table.recycle(free, freed)
      }
    },
    byCookie(low, high) {
      for (let row = cookies.first(hashCookie(low, high)); row >= 0; row = cookies.next(row)) {
        const at = row * SOCKET_WORDS + COOKIE
        if (words[at] === low && words[at + 1] === high) return row
      }
      return -1
    },
    byTuple(from, local, remote, ports) {
      const hash = hashTuple(from, local, remote, ports)
      let found = -1
      for (let row = tuples.first(hash); row >= 0; row = tuples.next(row)) {
        const at = row * SOCKET_WORDS
        if (words[at + PORTS] !== ports || !same(words, at + LOCAL, from, local)) continue
        if (!same(words, at + REMOTE, from, remote)) continue
        if (found < 0) found = row
        else if (!sameNamespace(words, found * SOCKET_WORDS, at)) return -1
      }
      return found
    },
    takeNew(limit, visit) {
      const taken = fresh.splice(0, limit)
      for (const row of taken) visit(row)
    },
    applicationBytes: totals.applicationBytes,
    connectFailed: totals.connectFailed,
    bytesOf: totals.bytesOf,
    localPort: (row) => words[row * SOCKET_WORDS + PORTS]! & 0xffff,
    used: () => used,
  }
}

const hashCookie = (low: number, high: number): number =>
  Math.imul(low ^ Math.imul(high, 0x5bd1e995), 0x9e3779b1) >>> 7

const hashTuple = (words: Uint32Array, local: number, remote: number, ports: number): number =>
  hashAddress(words, remote, hashAddress(words, local, (SEED ^ ports) >>> 0))

const same = (a: Uint32Array, i: number, b: Uint32Array, j: number): boolean =>
  a[i + 3] === b[j + 3] && a[i + 2] === b[j + 2] && a[i + 1] === b[j + 1] && a[i] === b[j]

const NETNS = (SOCKET.owner + OWNER.netnsCookie) / 4
/** The newer of two sockets of one namespace has taken over the tuple of one that has closed. */
const sameNamespace = (words: Uint32Array, a: number, b: number): boolean =>
  words[a + NETNS] === words[b + NETNS] && words[a + NETNS + 1] === words[b + NETNS + 1]
