/**
 * Puts together the ClientHello of TCP connections from their first segments, in whatever order these come.
 * Memory: at most maxFlows × maxBytes (and their copies while one is read).
 */
import { createAgedMap } from './aged-map.ts'
import { helloInRecords, mayBeginHello } from './hello-message.ts'
import { StreamPieces } from './stream-pieces.ts'
import type { ClientHello } from './tls-client-hello.ts'

export interface AssemblerConfig {
  /** Connections under way or lately done; default 1024. */
  maxFlows?: number
  /** Of one connection; default 16 KiB. */
  maxBytes?: number
}

/** How many connections came to what. */
export interface AssemblerCounts {
  whole: number
  /** No ClientHello, a damaged one, or one over the limit. */
  rejected: number
  /** Not whole after 10 s. */
  expired: number
  /** Let go for newer ones. */
  evicted: number
}

export interface ClientHelloAssembler {
  /**
   * Takes a segment of the client's side and returns the hello that it completes, once. The key must not name
   * another connection within 10 s. The payload is copied where it is kept.
   */
  add(
    flowKey: number | string,
    sequence: number,
    payload: Uint8Array,
    nowMs: number,
  ): ClientHello | undefined
  counts(): AssemblerCounts
}

interface Flow {
  /** Sequence number that offsets count from. */
  base: number
  /** Offset of the segment that the hello begins with, once seen. */
  head: number | undefined
  /** Absent when it is done: what comes then is no news. */
  pieces: StreamPieces | undefined
}

export const LIFETIME_MS = 10_000
export const DEFAULT_FLOWS = 1024
export const DEFAULT_BYTES = 16 * 1024

export const createClientHelloAssembler = (config: AssemblerConfig = {}): ClientHelloAssembler => {
  const { maxFlows = DEFAULT_FLOWS, maxBytes = DEFAULT_BYTES } = config
  const counts: AssemblerCounts = { whole: 0, rejected: 0, expired: 0, evicted: 0 }
  const flows = createAgedMap<number | string, Flow>(
    { maxEntries: maxFlows, lifetimeMs: LIFETIME_MS },
    (flow, cause) => {
      if (flow.pieces !== undefined) counts[cause]++
    },
  )

  /** The flow of a segment; a second hello at another place is a new connection's. */
  const flowOf = (
    flowKey: number | string,
    sequence: number,
    isHead: boolean,
    nowMs: number,
  ): Flow => {
    const known = flows.get(flowKey)
    const isNews = isHead && known?.head !== undefined && offsetIn(known, sequence) !== known.head
    if (known !== undefined && !isNews) return known
    const flow: Flow = { base: sequence, head: undefined, pieces: new StreamPieces(maxBytes) }
    flows.set(flowKey, flow, nowMs)
    return flow
  }

  return {
    add(flowKey, sequence, payload, nowMs) {
      flows.expire(nowMs)
      if (payload.length === 0) return undefined
      const isHead = mayBeginHello(payload)
      const flow = flowOf(flowKey, sequence, isHead, nowMs)
      if (flow.pieces === undefined) return undefined
      const offset = offsetIn(flow, sequence)
      if (isHead) flow.head ??= offset
      const fits = flow.pieces.add(offset, payload)
      if (fits && flow.head === undefined) return undefined
      const result = fits ? helloInRecords(flow.pieces.from(flow.head ?? 0), maxBytes) : 'none'
      if (result === 'incomplete') return undefined
      flow.pieces = undefined
      if (result !== 'none') counts.whole++
      else counts.rejected++
      return result === 'none' ? undefined : result
    },
    counts: () => ({ ...counts }),
  }
}

/** Sequence numbers wrap at 2^32 (RFC 9293 3.4). */
const offsetIn = (flow: Flow, sequence: number): number => (sequence - flow.base) | 0
