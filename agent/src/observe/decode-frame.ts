/** One frame to what its sender says about itself or the network, if it is of a protocol that does. */
import type { Observation } from '@netscope/core/observation.ts'
import type {
  ObservationShared,
  PacketObservation,
} from '@netscope/core/observation/shared-fields.ts'
import { decodeArp } from './decode-arp.ts'
import { decodeDhcp } from './decode-dhcp.ts'
import { decodeDhcpv6 } from './decode-dhcpv6.ts'
import { decodeMdns } from './decode-mdns.ts'
import { decodeNbns } from './decode-nbns.ts'
import { decodeNdp, isNdp } from './decode-ndp.ts'
import { addressesOf, readIpPacket, type IpPacket } from './ip-packet.ts'
import { readLinkFrame, type LinkFrame } from './link-frame.ts'
import { macAt } from './wire-text.ts'

/** What the frame itself does not say. `vlan`: the id of a tag that the hardware took off, 0: none. */
export type FrameMeta = Pick<
  ObservationShared,
  'timeMs' | 'interface' | 'ifindex' | 'direction' | 'vlan'
>

const ARP = 0x0806
const UDP = 17
const UDP_HEADER_BYTES = 8
/** What a capture without Ethernet headers has in their place. */
const NO_MAC = '00:00:00:00:00:00'

/** `linkHeaderBytes`: 14 where the frame begins with an Ethernet header, 0 where it begins with IP. */
export const decodeFrame = (
  frame: Uint8Array,
  linkHeaderBytes: 0 | 14,
  meta: FrameMeta,
): Observation | undefined => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const link = readLinkFrame(view, linkHeaderBytes, meta.vlan)
  if (link === undefined) return undefined
  const shared = (): ObservationShared => sharedFields(view, linkHeaderBytes, link, meta)
  if (link.etherType === ARP) return decodeArp(view, link.at, shared())
  const packet = readIpPacket(view, link.at, link.etherType)
  if (packet === undefined) return undefined
  if (isNdp(view, packet)) return decodeNdp(view, packet, packetFields(view, packet, shared()))
  return packet.protocol === UDP ? decodeUdp(view, packet, shared) : undefined
}

/** What every observation of this frame says. */
export const frameFields = (
  frame: Uint8Array,
  linkHeaderBytes: 0 | 14,
  meta: FrameMeta,
): ObservationShared => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const link = readLinkFrame(view, linkHeaderBytes, meta.vlan)
  const untagged = { at: 0, etherType: 0, vlan: meta.vlan, innerVlan: 0 }
  return sharedFields(view, linkHeaderBytes, link ?? untagged, meta)
}

const sharedFields = (
  view: DataView,
  linkHeaderBytes: 0 | 14,
  { vlan, innerVlan }: LinkFrame,
  { timeMs, interface: name, ifindex, direction }: FrameMeta,
): ObservationShared => ({
  timeMs,
  interface: name,
  ifindex,
  vlan,
  innerVlan,
  direction,
  srcMac: linkHeaderBytes === 0 ? '' : macOrNone(view, 6),
  dstMac: linkHeaderBytes === 0 ? '' : macOrNone(view, 0),
})

const macOrNone = (view: DataView, at: number): string => {
  const mac = macAt(view, at)
  return mac === NO_MAC ? '' : mac
}

const packetFields = (
  view: DataView,
  packet: IpPacket,
  shared: ObservationShared,
): PacketObservation => ({
  ...shared,
  ...addressesOf(view, packet),
  incomplete: packet.cutOff || packet.more,
})

type UdpDecoder = (
  view: DataView,
  at: number,
  end: number,
  shared: PacketObservation,
) => Observation | undefined

const mdns: UdpDecoder = (...payload) => decodeMdns('mDNS', ...payload)
const llmnr: UdpDecoder = (...payload) => decodeMdns('LLMNR', ...payload)

/** Servers and clients listen on well-known ports; the other side's may be any (RFC 8357). */
const BY_DESTINATION: Readonly<Record<4 | 6, Readonly<Record<number, UdpDecoder>>>> = {
  4: { 67: decodeDhcp, 68: decodeDhcp },
  6: { 546: decodeDhcpv6, 547: decodeDhcpv6 },
}
/** Answers go to the port that asked. */
const BY_EITHER_PORT: Readonly<Record<number, UdpDecoder>> = {
  137: decodeNbns,
  5353: mdns,
  5355: llmnr,
}

const decodeUdp = (
  view: DataView,
  packet: IpPacket,
  shared: () => ObservationShared,
): Observation | undefined => {
  const { payloadAt: at, end } = packet
  if (end - at < UDP_HEADER_BYTES) return undefined
  const [srcPort, dstPort] = [view.getUint16(at), view.getUint16(at + 2)]
  const decode =
    BY_DESTINATION[packet.version][dstPort] ?? BY_EITHER_PORT[dstPort] ?? BY_EITHER_PORT[srcPort]
  if (decode === undefined) return undefined
  const length = view.getUint16(at + 4)
  if (length < UDP_HEADER_BYTES) return undefined
  const fields = packetFields(view, packet, shared())
  if (length > end - at) fields.incomplete = true
  return decode(view, at + UDP_HEADER_BYTES, Math.min(end, at + length), fields)
}
