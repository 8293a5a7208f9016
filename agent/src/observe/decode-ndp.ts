/** Neighbor Discovery (RFC 4861): router and neighbour messages and redirects. */
import type { NdpObservation, NdpShared } from '@netscope/core/observation/ndp.ts'
import type { PacketObservation } from '@netscope/core/observation/shared-fields.ts'
import type { IpPacket } from './ip-packet.ts'
import { readNdpOptions, routerPreference, type NdpOptions } from './ndp-options.ts'
import { ipv6At } from './wire-text.ts'

/** Bytes before the options, by ICMPv6 type. */
const HEADER_BYTES: Readonly<Record<number, number>> = {
  133: 8,
  134: 16,
  135: 24,
  136: 24,
  137: 40,
}
const [SOLICIT_ROUTER, ADVERTISE_ROUTER, SOLICIT, ADVERTISE] = [133, 134, 135, 136]
const UNSPECIFIED = '::'

export const isNdp = (view: DataView, { version, protocol, payloadAt, end }: IpPacket): boolean =>
  version === 6 &&
  protocol === 58 &&
  payloadAt < end &&
  HEADER_BYTES[view.getUint8(payloadAt)] !== undefined

/** Undefined where hosts ignore the message for its form; hop limit, code and fragments are for the reader to judge. */
export const decodeNdp = (
  view: DataView,
  packet: IpPacket,
  shared: PacketObservation,
): NdpObservation | undefined => {
  const { payloadAt: at, end } = packet
  const type = view.getUint8(at)
  const header = HEADER_BYTES[type]
  if (header === undefined || at + header > end) return undefined
  const options = readNdpOptions(view, at + header, end, packet.cutOff || packet.more)
  if (options === undefined) return undefined
  const ndp = ndpShared(view, packet, shared, options)
  if (type === SOLICIT_ROUTER) return { ...ndp, message: 'RS' }
  if (type === ADVERTISE_ROUTER) return routerAdvertisement(view, at, ndp, options)
  const target = ipv6At(view, at + 8)
  if (type === SOLICIT)
    return { ...ndp, message: 'NS', target, duplicateCheck: ndp.src === UNSPECIFIED }
  if (type === ADVERTISE) return neighborAdvertisement(view.getUint8(at + 4), target, ndp)
  return { ...ndp, message: 'redirect', target, destination: ipv6At(view, at + 24) }
}

const ndpShared = (
  view: DataView,
  packet: IpPacket,
  shared: PacketObservation,
  { sourceLinkMac, targetLinkMac, incomplete }: NdpOptions,
): NdpShared => {
  const isAnswer = view.getUint8(packet.payloadAt) === ADVERTISE
  const claimed = isAnswer ? targetLinkMac : sourceLinkMac
  return {
    ...shared,
    kind: 'ndp',
    hopLimit: packet.hopLimit,
    code: view.getUint8(packet.payloadAt + 1),
    fragmented: packet.fragmented,
    incomplete: shared.incomplete || incomplete,
    ...(sourceLinkMac !== undefined && { sourceLinkMac }),
    ...(targetLinkMac !== undefined && { targetLinkMac }),
    linkMismatch: claimed !== undefined && shared.srcMac !== '' && claimed !== shared.srcMac,
  }
}

const routerAdvertisement = (
  view: DataView,
  at: number,
  ndp: NdpShared,
  options: NdpOptions,
): NdpObservation => {
  const flags = view.getUint8(at + 5)
  const { prefixes, routes, dnsServers, searchDomains, mtuBytes } = options
  return {
    ...ndp,
    message: 'RA',
    advertisedHopLimit: view.getUint8(at + 4),
    managed: (flags & 0x80) !== 0,
    otherConfig: (flags & 0x40) !== 0,
    homeAgent: (flags & 0x20) !== 0,
    preference: routerPreference(flags),
    proxy: (flags & 0x04) !== 0,
    routerLifetimeSeconds: view.getUint16(at + 6),
    reachableTimeMs: view.getUint32(at + 8),
    retransTimerMs: view.getUint32(at + 12),
    ...(mtuBytes !== undefined && { mtuBytes }),
    prefixes,
    routes,
    dnsServers,
    searchDomains,
  }
}

const neighborAdvertisement = (flags: number, target: string, ndp: NdpShared): NdpObservation => ({
  ...ndp,
  message: 'NA',
  target,
  router: (flags & 0x80) !== 0,
  solicited: (flags & 0x40) !== 0,
  override: (flags & 0x20) !== 0,
})
