/** Joins flows with the sockets of this host and with names: fills a slot's enrichment when it is to be reported. */
import { CONNECT_OUTCOMES, ENRICHMENT, ENRICHMENT_TRACED } from '@netscope/core/enrichment.ts'
import type { FlowMemory } from '../flows/flow-memory.ts'
import {
  ENRICHMENT_WORDS,
  LO_ADDRESS,
  OWNER_WORDS,
  PORTS,
  PROTOCOL,
  readU64,
  RST,
  U32,
  WORDS,
} from '../flows/slot-words.ts'
import { ROLE_CLIENT, SOCKET, SOCKET_CLOSED, SOCKET_WORDS, STATES } from '../sockets/socket-slot.ts'
import type { Sockets, SocketSet } from '../sockets/sockets.ts'
import type { SocketTracker } from '../sockets/socket-tracker.ts'

const TCP = 6
const HI_ADDRESS = LO_ADDRESS + 4
const CONNECTED = CONNECT_OUTCOMES.indexOf('connected')
const REFUSED = CONNECT_OUTCOMES.indexOf('refused')
const TIMED_OUT = CONNECT_OUTCOMES.indexOf('timed-out')
const ABORTED = CONNECT_OUTCOMES.indexOf('aborted')

export interface FlowEnrichmentDeps {
  memory: FlowMemory
  sockets: Pick<Sockets, 'sets'>
  /** What else there is to say of a slot: names, drops. */
  others: ((slot: number) => void)[]
}

export interface FlowEnrichment {
  refresh(slot: number): void
  /** The slot gets another flow. */
  forget(slot: number): void
  /** Calls `mark` with every dictionary id in use below `end`. */
  markUsed(end: number, mark: (id: number) => void): void
}

export const createFlowEnrichment = (deps: FlowEnrichmentDeps): FlowEnrichment => {
  const { memory } = deps
  const { sets } = deps.sockets
  const { slots, owners, enrichment } = memory
  /** (Row + 1) × sets + set of the socket of each side, 0 = none found yet; and the low word of its cookie, since rows change hands. */
  const rows = new Uint32Array(2 * memory.capacity)
  const cookies = new Uint32Array(2 * memory.capacity)

  const find = (tracker: SocketTracker, slot: number, side: number): number => {
    const owner = slot * OWNER_WORDS + 2 * side
    const [low, high] = [owners[owner]!, owners[owner + 1]!]
    const row = (low | high) === 0 ? -1 : tracker.byCookie(low, high)
    const at = slot * WORDS
    if (row >= 0 || (slots[at + PROTOCOL]! & 0xff) !== TCP) return row
    const ports = slots[at + PORTS]!
    return side === 0
      ? tracker.byTuple(slots, at + LO_ADDRESS, at + HI_ADDRESS, ports)
      : tracker.byTuple(
          slots,
          at + HI_ADDRESS,
          at + LO_ADDRESS,
          ((ports << 16) | (ports >>> 16)) >>> 0,
        )
  }

  /** Remembers what it found; the next call compares two words. */
  const rowOf = (slot: number, side: number): SocketSet | undefined => {
    const me = 2 * slot + side
    const known = rows[me]!
    const set = known === 0 ? undefined : sets[known % sets.length]
    const row = Math.floor(known / sets.length) - 1
    const owner = owners[slot * OWNER_WORDS + 2 * side]!
    const isSame = owner === 0 || owner === cookies[me] // a 5-tuple may be used again
    if (set && isSame && set.tracker.words[row * SOCKET_WORDS] === cookies[me]) return set
    for (const [index, { tracker }] of sets.entries()) {
      const found = find(tracker, slot, side)
      if (found < 0) continue
      const cookie = tracker.words[found * SOCKET_WORDS]!
      // Another socket, perhaps of another process, goes on with the 5-tuple.
      if (cookies[me] !== 0 && cookies[me] !== cookie)
        enrichment[slot * ENRICHMENT_WORDS + ENRICHMENT.process / 4 + side] = 0
      rows[me] = (found + 1) * sets.length + index
      cookies[me] = cookie
      return sets[index]
    }
    rows[me] = 0
    return undefined
  }

  const fromSocket = ({ tracker, owners }: SocketSet, slot: number, side: number): void => {
    const { words } = tracker
    const row = Math.floor(rows[2 * slot + side]! / sets.length) - 1
    const at = row * SOCKET_WORDS
    const to = slot * ENRICHMENT_WORDS
    const process = owners.of(row)
    if (process !== 0) enrichment[to + ENRICHMENT.process / 4 + side] = process
    if (((words[at + STATES]! >>> 16) & 0xff) !== TCP) return
    enrichment[to + ENRICHMENT.srttUs / 4 + side] = words[at + SOCKET.srttUs / 4]!
    enrichment[to + ENRICHMENT.minRttUs / 4 + side] = words[at + SOCKET.minRttUs / 4]!
    enrichment[to + ENRICHMENT.rttSamples / 4 + side] = words[at + SOCKET.rttSamples / 4]!
    enrichment[to + ENRICHMENT.retransmits / 4 + side] = words[at + SOCKET.retransmits / 4]!
    enrichment[to + ENRICHMENT.congestionWindow / 4 + side] =
      words[at + SOCKET.congestionWindow / 4]!
    enrichment[to + ENRICHMENT.deliveryRate / 4 + side] = words[at + SOCKET.deliveryRate / 4]!
    const { sent, received, isTraced } = tracker.bytesOf(row)
    writeU64(to + ENRICHMENT.sentBytes / 4 + 2 * side, sent)
    writeU64(to + ENRICHMENT.receivedBytes / 4 + 2 * side, received)
    if (isTraced) setByte(to, ENRICHMENT.flags, ENRICHMENT_TRACED)
    const states = words[at + STATES]!
    setByte(to, ENRICHMENT.tcpState + side, (states >>> 8) & 0xff)
    if (states >>> 24 === ROLE_CLIENT) connectOf(tracker, row, slot, side)
  }

  const connectOf = (tracker: SocketTracker, row: number, slot: number, side: number): void => {
    const { words } = tracker
    const at = row * SOCKET_WORDS
    const to = slot * ENRICHMENT_WORDS
    const established = readU64(words, at + SOCKET.establishedNs / 4)
    if (established > 0) {
      const us = (established - readU64(words, at + SOCKET.openedNs / 4)) / 1000
      enrichment[to + ENRICHMENT.connectUs / 4] = Math.max(1, us)
      setByte(to, ENRICHMENT.outcome, CONNECTED)
      return
    }
    if ((words[at + STATES]! & 0xff) !== SOCKET_CLOSED) return
    const wasReset = slots[slot * WORDS + RST + (1 - side)]! > 0
    const gotNoAnswer = words[at + SOCKET.retransmits / 4]! > 0
    const outcome = wasReset ? REFUSED : gotNoAnswer ? TIMED_OUT : ABORTED
    setByte(to, ENRICHMENT.outcome, outcome)
    if (outcome !== ABORTED) tracker.connectFailed(row, wasReset ? 'refused' : 'timedOut')
  }

  const writeU64 = (at: number, value: number): void => {
    enrichment[at] = value % U32
    enrichment[at + 1] = Math.floor(value / U32)
  }

  const setByte = (at: number, offset: number, value: number): void => {
    const shift = 8 * (offset & 3)
    const word = at + (offset >> 2)
    enrichment[word] = (enrichment[word]! & ~(0xff << shift)) | (value << shift)
  }

  return {
    refresh(slot) {
      for (let side = 0; side < 2; side++) {
        const set = rowOf(slot, side)
        if (set) fromSocket(set, slot, side)
      }
      for (const other of deps.others) other(slot)
    },
    forget(slot) {
      rows.fill(0, 2 * slot, 2 * slot + 2)
      cookies.fill(0, 2 * slot, 2 * slot + 2)
      enrichment.fill(0, slot * ENRICHMENT_WORDS, (slot + 1) * ENRICHMENT_WORDS)
    },
    markUsed(end, mark) {
      for (let at = 0; at < end * ENRICHMENT_WORDS; at += ENRICHMENT_WORDS) {
        for (let i = 0; i < DICTIONARY_WORDS; i++) if (enrichment[at + i]) mark(enrichment[at + i]!)
      }
    },
  }
}

/** The ids come first: process, name, sni, ja4, httpHost, dropReason. */
const DICTIONARY_WORDS = ENRICHMENT.srttUs / 4
