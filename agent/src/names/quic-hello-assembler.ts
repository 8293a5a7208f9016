/**
 * Puts together the ClientHello of QUIC connections from the client's datagrams, in whatever order these come.
 * A connection takes memory once a packet of it could be opened; then at most maxBytes, see AssemblerConfig.
 */
import { createAgedMap } from './aged-map.ts'
import {
  DEFAULT_BYTES,
  DEFAULT_FLOWS,
  LIFETIME_MS,
  type AssemblerConfig,
  type AssemblerCounts,
} from './client-hello-assembler.ts'
import { helloInMessage } from './hello-message.ts'
import { findInitials, openInitial, visitCrypto, type InitialPacket } from './quic-initial.ts'
import { clientInitialKeys, type InitialKeys } from './quic-keys.ts'
import { StreamPieces } from './stream-pieces.ts'
import type { ClientHello } from './tls-client-hello.ts'

export interface QuicHelloAssembler {
  /**
   * Takes a UDP payload of the client's side and returns the hello that it completes, once. The key must not
   * name another connection within 10 s.
   */
  add(flowKey: number | string, datagram: Uint8Array, nowMs: number): ClientHello | undefined
  counts(): AssemblerCounts
}

interface Flow {
  /** Those of the first packet; later ones may name another connection id and be under the same keys. */
  keys: InitialKeys
  /** Absent when it is done: what comes then is no news. */
  pieces: StreamPieces | undefined
}

export const createQuicHelloAssembler = (config: AssemblerConfig = {}): QuicHelloAssembler => {
  const { maxFlows = DEFAULT_FLOWS, maxBytes = DEFAULT_BYTES } = config
  const counts: AssemblerCounts = { whole: 0, rejected: 0, expired: 0, evicted: 0 }
  const flows = createAgedMap<number | string, Flow>(
    { maxEntries: maxFlows, lifetimeMs: LIFETIME_MS },
    (flow, cause) => {
      if (flow.pieces !== undefined) counts[cause]++
    },
  )

  const done = (flow: Flow, result: ClientHello | 'none'): ClientHello | undefined => {
    flow.pieces = undefined
    if (result === 'none') {
      counts.rejected++
      return undefined
    }
    counts.whole++
    return result
  }

  return {
    add(flowKey, datagram, nowMs) {
      flows.expire(nowMs)
      let flow = flows.get(flowKey)
      if (flow !== undefined && flow.pieces === undefined) return undefined
      for (const packet of findInitials(datagram)) {
        const opened = openWith(datagram, packet, flow?.keys)
        if (opened === undefined) continue
        if (flow === undefined) {
          flow = { keys: opened.keys, pieces: new StreamPieces(maxBytes) }
          flows.set(flowKey, flow, nowMs)
        }
        flow.keys = opened.keys
        const { pieces } = flow
        let fits = true
        visitCrypto(opened.frames, (offset, bytes) => {
          fits &&= pieces!.add(offset, bytes)
        })
        const result = fits ? helloInMessage(pieces!.from(0), maxBytes) : 'none'
        if (result !== 'incomplete') return done(flow, result)
      }
      return undefined
    },
    counts: () => ({ ...counts }),
  }
}

/** With the keys that we have, or else with those that the packet names. */
const openWith = (
  datagram: Uint8Array,
  packet: InitialPacket,
  known: InitialKeys | undefined,
): { keys: InitialKeys; frames: Uint8Array } | undefined => {
  const frames = known && openInitial(datagram, packet, known)
  if (known !== undefined && frames !== undefined) return { keys: known, frames }
  const keys = clientInitialKeys(packet.version, packet.connectionId)
  const own = openInitial(datagram, packet, keys)
  return own && { keys, frames: own }
}
