/** How a connection does, as the sockets of its two sides measure it; a side away from our hosts knows nothing. */
import type { Flow } from '@netscope/core/flow.ts'

export const SIDES = ['src', 'dst'] as const
export type Side = (typeof SIDES)[number]

/** Beyond this share of resent packets a connection is visibly slow. */
export const LOSSY_SHARE = 0.01

export interface SideHealth {
  side: Side
  rttMs: number
  minRttMs: number
  rttSamples: number
  retransmits: number
  packets: number
}

/** Why a value of a socket is not there. */
export const whyUnknown = (flow: Flow): string =>
  flow.protocol === 'TCP'
    ? 'Not known: the socket is not on this host, or has not been seen by a program of ours'
    : `Only TCP is measured; this is ${flow.protocol}`

/** What the socket of `side` measures; undefined when no socket of that side is known. */
export const healthOf = (flow: Flow, side: Side): SideHealth | undefined => {
  const health = {
    side,
    rttMs: flow[`${side}RttMs`],
    minRttMs: flow[`${side}MinRttMs`],
    rttSamples: flow[`${side}RttSamples`],
    retransmits: flow[`${side}Retransmits`],
    packets: flow[`${side}Packets`],
  }
  const seen = flow[`${side}TcpState`] !== '' || health.rttMs > 0 || health.retransmits > 0
  return seen ? health : undefined
}

/** The side with the larger round trip time: with both on this host it is the one that suffers. */
export const slowestSide = (flow: Flow): SideHealth | undefined =>
  SIDES.flatMap((side) => healthOf(flow, side) ?? [])
    .filter(({ rttMs }) => rttMs > 0)
    .toSorted((a, b) => b.rttMs - a.rttMs)[0]

export interface Retransmissions {
  count: number
  /** Packets that the sides with a known socket sent. */
  packets: number
  /** Of these packets, 0 to 1. */
  share: number
  lossy: boolean
}

/** Segments sent again by the sides whose sockets are known; undefined when none is. */
export const retransmissionsOf = (flow: Flow): Retransmissions | undefined => {
  const known = SIDES.flatMap((side) => healthOf(flow, side) ?? [])
  if (known.length === 0) return undefined
  const count = known.reduce((sum, side) => sum + side.retransmits, 0)
  const packets = known.reduce((sum, side) => sum + side.packets, 0)
  // Segments that an offloading driver or a full queue swallowed were resent without being counted as packets.
  const share = packets > 0 ? Math.min(1, count / packets) : 0
  return { count, packets, share, lossy: share > LOSSY_SHARE }
}
