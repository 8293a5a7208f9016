/** Sums over all sockets since start: each tick adds what each socket has grown by, so closed ones stay in. */
import type { TcpTotals } from '@netscope/core/status.ts'
import { TCP_STATES } from '@netscope/core/enrichment.ts'
import { readU64 } from '../flows/slot-words.ts'
import {
  ROLE_CLIENT,
  ROLE_SERVER,
  ROLE_UNKNOWN,
  SOCKET,
  SOCKET_WORDS,
  STATES,
} from './socket-slot.ts'

const TCP = 6
const ESTABLISHED = TCP_STATES.indexOf('established')
/** Of a row: bytes sent and received as counted so far. */
const BYTES = 2
/** Of a row: RTT samples, retransmitted segments, retransmission events. */
const COUNTS = 3

/** Payload bytes; traced ones are what the program sent and received, others what TCP acknowledged and received. */
export interface SocketBytes {
  sent: number
  received: number
  isTraced: boolean
}

export interface SocketTotals {
  begin(): void
  appear(row: number): void
  add(row: number): void
  forget(row: number): void
  bytesOf(row: number): SocketBytes
  applicationBytes(row: number, sent: number, received: number): void
  /** Once for each socket, however many flows it has (one for each observation point). */
  connectFailed(row: number, kind: 'refused' | 'timedOut'): void
  now(): TcpTotals
}

/** Over the rows in `words`. */
export const createSocketTotals = (words: Uint32Array, capacity: number): SocketTotals => {
  const bytes = new Float64Array(BYTES * capacity)
  const counts = new Uint32Array(COUNTS * capacity)
  const traced = new Float64Array(BYTES * capacity)
  const failed = new Uint8Array(capacity)
  const sum: TcpTotals = {
    sentBytes: 0,
    receivedBytes: 0,
    retransmits: 0,
    retransmitEvents: 0,
    rttSamples: 0,
    connects: 0,
    accepts: 0,
    refused: 0,
    timedOut: 0,
    established: 0,
  }

  const found: SocketBytes = { sent: 0, received: 0, isTraced: false }
  const bytesOf = (row: number): SocketBytes => {
    const at = row * SOCKET_WORDS
    found.isTraced = traced[BYTES * row]! > 0 || traced[BYTES * row + 1]! > 0
    // Where TCP has more, tracing began later than the socket, or missed a call.
    found.sent = Math.max(traced[BYTES * row]!, readU64(words, at + SOCKET.sentBytes / 4))
    found.received = found.isTraced
      ? Math.max(traced[BYTES * row + 1]!, bytes[BYTES * row + 1]!) // never back
      : readU64(words, at + SOCKET.receivedBytes / 4)
    return found
  }

  /** Notes the row's counters; returns by how much they grew. The same object each time. */
  const grown = {
    sentBytes: 0,
    receivedBytes: 0,
    rttSamples: 0,
    retransmits: 0,
    retransmitEvents: 0,
  }
  const count = (row: number, at: number): typeof grown => {
    const { sent, received } = bytesOf(row)
    grown.sentBytes = sent - bytes[BYTES * row]!
    grown.receivedBytes = received - bytes[BYTES * row + 1]!
    bytes[BYTES * row] = sent
    bytes[BYTES * row + 1] = received
    grown.rttSamples = grow(counts, COUNTS * row, words[at + SOCKET.rttSamples / 4]!)
    grown.retransmits = grow(counts, COUNTS * row + 1, words[at + SOCKET.retransmits / 4]!)
    grown.retransmitEvents = grow(
      counts,
      COUNTS * row + 2,
      words[at + SOCKET.retransmitEvents / 4]!,
    )
    return grown
  }

  return {
    begin: () => (sum.established = 0),
    appear(row) {
      const at = row * SOCKET_WORDS
      const role = words[at + STATES]! >>> 24
      if (!isTcp(words[at + STATES]!)) return
      if (role === ROLE_CLIENT) sum.connects++
      if (role === ROLE_SERVER) sum.accepts++
      // What a socket did before our programs is not ours.
      if (role === ROLE_UNKNOWN) count(row, at)
    },
    add(row) {
      const at = row * SOCKET_WORDS
      const states = words[at + STATES]!
      if (!isTcp(states)) return
      if (((states >>> 8) & 0xff) === ESTABLISHED) sum.established++
      const grown = count(row, at)
      sum.sentBytes += grown.sentBytes
      sum.receivedBytes += grown.receivedBytes
      sum.rttSamples += grown.rttSamples
      sum.retransmits += grown.retransmits
      sum.retransmitEvents += grown.retransmitEvents
    },
    forget(row) {
      bytes.fill(0, BYTES * row, BYTES * (row + 1))
      traced.fill(0, BYTES * row, BYTES * (row + 1))
      counts.fill(0, COUNTS * row, COUNTS * (row + 1))
      failed[row] = 0
    },
    bytesOf,
    applicationBytes(row, sent, received) {
      traced[BYTES * row]! += sent
      traced[BYTES * row + 1]! += received
    },
    connectFailed(row, kind) {
      if (failed[row] === 0) sum[kind]++
      failed[row] = 1
    },
    now: () => ({ ...sum }),
  }
}

const isTcp = (states: number): boolean => ((states >>> 16) & 0xff) === TCP

/** Sets counts[at] and returns by how much it grew. */
const grow = (counts: Uint32Array, at: number, now: number): number => {
  const grown = now - counts[at]!
  counts[at] = now
  return grown
}
