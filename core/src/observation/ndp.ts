/** What was said by Neighbor Discovery. */
import type { PacketObservation } from './shared-fields.ts'

/** Fields of all Neighbor Discovery messages (RFC 4861). */
export interface NdpShared extends PacketObservation {
  kind: 'ndp'
  /** Of the IPv6 header. Hosts accept 255 only: anything else came from another link (RFC 4861 section 3.1). */
  hopLimit: number
  /** ICMPv6 code. Hosts accept 0 only. */
  code: number
  /** The packet had a fragment header; hosts must ignore it (RFC 6980), so it is there to evade somebody. */
  fragmented: boolean
  /** Source link-layer address option: the sender's MAC as it says (RFC 4861 section 4.6.1). */
  sourceLinkMac?: string
  /** Target link-layer address option: the MAC of `target`. */
  targetLinkMac?: string
  /** The frame's source is not the MAC that the sender claims as its own (source option; in NA the target option). */
  linkMismatch: boolean
}

/** RFC 4191 section 2.1; `reserved` counts as medium in a router advertisement, and voids a route. */
export type RouterPreference = 'low' | 'medium' | 'high' | 'reserved'

export interface NdpPrefix {
  prefix: string
  /** Bits of `prefix` that count. */
  length: number
  onLink: boolean
  /** Hosts make their address from it (RFC 4862). */
  autonomous: boolean
  /** 4294967295: for ever; 0: withdrawn. */
  validSeconds: number
  preferredSeconds: number
}

export interface NdpRoute {
  prefix: string
  length: number
  preference: RouterPreference
  lifetimeSeconds: number
}

export interface RouterSolicitation extends NdpShared {
  message: 'RS'
}

export interface RouterAdvertisement extends NdpShared {
  message: 'RA'
  /** Hop limit that hosts are told to use, 0: unspecified. */
  advertisedHopLimit: number
  /** M: addresses by DHCPv6. */
  managed: boolean
  /** O: other configuration by DHCPv6. */
  otherConfig: boolean
  /** H (RFC 6275). */
  homeAgent: boolean
  /** P (RFC 4389). */
  proxy: boolean
  preference: RouterPreference
  /** How long it is a default router; 0: it is none any more, hosts remove it. */
  routerLifetimeSeconds: number
  /** 0: unspecified. */
  reachableTimeMs: number
  /** 0: unspecified. */
  retransTimerMs: number
  /** MTU option (RFC 4861 section 4.6.4). */
  mtuBytes?: number
  prefixes: NdpPrefix[]
  /** Route information options (RFC 4191). */
  routes: NdpRoute[]
  /** Recursive DNS servers (RFC 8106). Lifetime 0: no longer to be used. */
  dnsServers: { address: string; lifetimeSeconds: number }[]
  /** DNS search domains (RFC 8106). */
  searchDomains: string[]
}

export interface NeighborSolicitation extends NdpShared {
  message: 'NS'
  target: string
  /** From the unspecified address: is anybody using `target`? (RFC 4862 section 5.4) */
  duplicateCheck: boolean
}

export interface NeighborAdvertisement extends NdpShared {
  message: 'NA'
  target: string
  /** R: the sender is a router. */
  router: boolean
  /** S: answers a solicitation. */
  solicited: boolean
  /** O: replaces what neighbours have cached. */
  override: boolean
}

export interface Redirect extends NdpShared {
  message: 'redirect'
  /** The better first hop; equal to `destination` if that is on the link itself. */
  target: string
  /** Whose packets are to go there. */
  destination: string
}

export type NdpObservation =
  | RouterSolicitation
  | RouterAdvertisement
  | NeighborSolicitation
  | NeighborAdvertisement
  | Redirect
