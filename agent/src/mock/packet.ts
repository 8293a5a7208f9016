/** Builds packets with right lengths and checksums, for the mock network and for tests. */
import { addressBytes } from './address-bytes.ts'

export const TCP_FLAGS = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
} as const

/** What an IP packet carries; `checksumAt` is where its checksum over the pseudo header belongs, -1: none. */
export interface Payload {
  protocol: number
  bytes: Uint8Array
  checksumAt: number
  /** Whether the checksum covers the pseudo header (all but ICMP for IPv4). */
  pseudoHeader: boolean
}

interface TcpSegment {
  srcPort: number
  dstPort: number
  flags: number
  seq?: number
  ack?: number
  window?: number
  data?: Uint8Array
}

const NO_DATA = new Uint8Array(0)

const payload = (
  protocol: number,
  header: number,
  data: Uint8Array,
  checksumAt: number,
  pseudoHeader = true,
) => {
  const bytes = new Uint8Array(header + data.length)
  bytes.set(data, header)
  return { at: new DataView(bytes.buffer), payload: { protocol, bytes, checksumAt, pseudoHeader } }
}

/** A TCP segment without options (RFC 9293). */
export const tcp = (segment: TcpSegment): Payload => {
  const { at, payload: built } = payload(6, 20, segment.data ?? NO_DATA, 16)
  at.setUint16(0, segment.srcPort)
  at.setUint16(2, segment.dstPort)
  at.setUint32(4, (segment.seq ?? 0) >>> 0)
  at.setUint32(8, (segment.ack ?? 0) >>> 0)
  at.setUint8(12, 5 << 4)
  at.setUint8(13, segment.flags)
  at.setUint16(14, segment.window ?? 64240)
  return built
}

/** A UDP datagram (RFC 768). */
export const udp = (srcPort: number, dstPort: number, data: Uint8Array = NO_DATA): Payload => {
  const { at, payload: built } = payload(17, 8, data, 6)
  at.setUint16(0, srcPort)
  at.setUint16(2, dstPort)
  at.setUint16(4, 8 + data.length)
  return built
}

const icmpMessage = (
  protocol: number,
  type: number,
  code: number,
  rest: number,
  data: Uint8Array,
): Payload => {
  const { at, payload: built } = payload(protocol, 8, data, 2, protocol !== 1)
  at.setUint8(0, type)
  at.setUint8(1, code)
  at.setUint32(4, rest >>> 0)
  return built
}

/** An ICMP message (RFC 792); `rest` is its second word, of an echo identifier and sequence number. */
export const icmp = (type: number, code: number, rest = 0, data = NO_DATA): Payload =>
  icmpMessage(1, type, code, rest, data)

/** An ICMPv6 message (RFC 4443). */
export const icmpv6 = (type: number, code: number, rest = 0, data = NO_DATA): Payload =>
  icmpMessage(58, type, code, rest, data)

/** Any other protocol, or bytes that are to go out as they are. */
export const otherPayload = (protocol: number, bytes: Uint8Array): Payload => ({
  protocol,
  bytes,
  checksumAt: -1,
  pseudoHeader: false,
})

export interface IpHeader {
  src: string
  dst: string
  ttl?: number
  id?: number
  /** Fragment offset in bytes and whether more follow; IPv6 gets a fragment header. */
  fragment?: { offset: number; more: boolean }
  /** IPv4 options, a multiple of 4 bytes. */
  options?: Uint8Array
}

/** An IPv4 or IPv6 packet, as the addresses are. A fragment carries its part of a payload as it is. */
export const ip = (header: IpHeader, carried: Payload): Uint8Array => {
  const [src, dst] = [addressBytes(header.src), addressBytes(header.dst)]
  if (carried.checksumAt >= 0 && !header.fragment) putChecksum(carried, src, dst)
  return src.length === 4 ? ipv4(header, src, dst, carried) : ipv6(header, src, dst, carried)
}

/** Writes the checksum of a payload that is then cut into fragments. */
export const sealed = (src: string, dst: string, carried: Payload): Payload => {
  putChecksum(carried, addressBytes(src), addressBytes(dst))
  return carried
}

const ipv4 = (header: IpHeader, src: Uint8Array, dst: Uint8Array, carried: Payload): Uint8Array => {
  const options = header.options ?? NO_DATA
  const headerBytes = 20 + options.length
  const bytes = new Uint8Array(headerBytes + carried.bytes.length)
  const at = new DataView(bytes.buffer)
  const { fragment } = header
  at.setUint8(0, 0x40 | (headerBytes / 4))
  at.setUint16(2, bytes.length)
  at.setUint16(4, header.id ?? 0)
  at.setUint16(6, fragment ? (fragment.offset >> 3) | (fragment.more ? 0x2000 : 0) : 0x4000)
  at.setUint8(8, header.ttl ?? 64)
  at.setUint8(9, carried.protocol)
  bytes.set(src, 12)
  bytes.set(dst, 16)
  bytes.set(options, 20)
  at.setUint16(10, fold(sum(bytes, headerBytes)))
  bytes.set(carried.bytes, headerBytes)
  return bytes
}

const ipv6 = (header: IpHeader, src: Uint8Array, dst: Uint8Array, carried: Payload): Uint8Array => {
  const { fragment } = header
  const extension = fragment ? 8 : 0
  const bytes = new Uint8Array(40 + extension + carried.bytes.length)
  const at = new DataView(bytes.buffer)
  at.setUint8(0, 0x60)
  at.setUint16(4, extension + carried.bytes.length)
  at.setUint8(6, fragment ? 44 : carried.protocol)
  at.setUint8(7, header.ttl ?? 64)
  bytes.set(src, 8)
  bytes.set(dst, 24)
  if (fragment) {
    at.setUint8(40, carried.protocol)
    at.setUint16(42, fragment.offset | (fragment.more ? 1 : 0))
    at.setUint32(44, header.id ?? 0)
  }
  bytes.set(carried.bytes, 40 + extension)
  return bytes
}

export interface EthernetHeader {
  src?: Uint8Array
  dst?: Uint8Array
  /** Outer VLAN id first. */
  vlans?: readonly number[]
  /** Default: IPv4 or IPv6, as the payload begins. */
  etherType?: number
}

/** An Ethernet II frame, padded to 60 bytes unless `pad` is false. */
export const ethernet = (
  carried: Uint8Array,
  header: EthernetHeader = {},
  pad = true,
): Uint8Array => {
  const vlans = header.vlans ?? []
  const headerBytes = 14 + 4 * vlans.length
  const length = headerBytes + carried.length
  const bytes = new Uint8Array(pad ? Math.max(60, length) : length)
  const at = new DataView(bytes.buffer)
  bytes.set(header.dst ?? [2, 0, 0, 0, 0, 2], 0)
  bytes.set(header.src ?? [2, 0, 0, 0, 0, 1], 6)
  vlans.forEach((id, i) => {
    at.setUint16(12 + 4 * i, vlans.length > 1 && i === 0 ? 0x88a8 : 0x8100)
    at.setUint16(14 + 4 * i, id)
  })
  at.setUint16(
    headerBytes - 2,
    header.etherType ?? ((carried[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800),
  )
  bytes.set(carried, headerBytes)
  return bytes
}

/** RFC 1071. */
const sum = (bytes: Uint8Array, length: number): number => {
  let total = 0
  for (let i = 0; i + 1 < length; i += 2) total += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  return length % 2 ? total + ((bytes[length - 1] ?? 0) << 8) : total
}

const fold = (total: number): number => {
  let folded = total
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65536)
  return ~folded & 0xffff
}

const putChecksum = (carried: Payload, src: Uint8Array, dst: Uint8Array): void => {
  const { bytes, checksumAt, protocol } = carried
  const pseudo = carried.pseudoHeader
    ? sum(src, src.length) + sum(dst, dst.length) + protocol + bytes.length
    : 0
  const checksum = fold(pseudo + sum(bytes, bytes.length))
  bytes[checksumAt] = checksum >> 8
  bytes[checksumAt + 1] = checksum & 0xff
}
