/** From an IP header to its payload, over the extension headers of IPv6 (RFC 8200 section 4). */
import { ipv4At, ipv6At } from './wire-text.ts'

/** Offsets count from the start of the frame; the payload may be empty. */
export interface IpPacket {
  version: 4 | 6
  headerAt: number
  protocol: number
  hopLimit: number
  payloadAt: number
  /** End of the payload, without the padding of the frame. */
  end: number
  /** The header claims more bytes than there are. */
  cutOff: boolean
  /** It has a fragment header or fields; of fragments, this is the first. */
  fragmented: boolean
  /** More fragments follow: the payload is only the beginning. */
  more: boolean
}

/** Linux has no limit; nobody sends that many but to get past somebody. As the counting program: bpf/parse.h. */
const MAX_EXTENSION_HEADERS = 8
const FRAGMENT = 44
const AUTHENTICATION = 51
/** Hop-by-hop, routing, destination options, mobility, HIP, shim6: all measured in units of 8 bytes. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140])

/** Undefined for what is no IP header, and for later fragments, which have no header of their own. */
export const readIpPacket = (
  view: DataView,
  at: number,
  etherType: number,
): IpPacket | undefined => {
  if (etherType === 0x0800) return readIpv4(view, at)
  return etherType === 0x86dd ? readIpv6(view, at) : undefined
}

const readIpv4 = (view: DataView, at: number): IpPacket | undefined => {
  const available = view.byteLength - at
  if (available < 20) return undefined
  const first = view.getUint8(at)
  const header = (first & 15) * 4
  // 0: of a super-packet (BIG TCP), to the end of the frame.
  const total = view.getUint16(at + 2) || available
  const fragment = view.getUint16(at + 6) & 0x3fff
  if (first >> 4 !== 4 || header < 20 || total < header || available < header) return undefined
  if (fragment & 0x1fff) return undefined
  return {
    version: 4,
    headerAt: at,
    protocol: view.getUint8(at + 9),
    hopLimit: view.getUint8(at + 8),
    payloadAt: at + header,
    end: at + Math.min(total, available),
    cutOff: total > available,
    fragmented: fragment !== 0,
    more: fragment !== 0,
  }
}

const readIpv6 = (view: DataView, at: number): IpPacket | undefined => {
  const available = view.byteLength - at - 40
  if (available < 0 || view.getUint8(at) >> 4 !== 6) return undefined
  // 0: a jumbogram (RFC 2675), to the end of the frame.
  const length = view.getUint16(at + 4) || available
  return skipExtensions(view, {
    version: 6,
    headerAt: at,
    protocol: view.getUint8(at + 6),
    hopLimit: view.getUint8(at + 7),
    payloadAt: at + 40,
    end: at + 40 + Math.min(length, available),
    cutOff: length > available,
    fragmented: false,
    more: false,
  })
}

const skipExtensions = (view: DataView, packet: IpPacket): IpPacket | undefined => {
  for (let headers = 0; ; headers++) {
    const { protocol, payloadAt } = packet
    const isExtension =
      protocol === FRAGMENT || protocol === AUTHENTICATION || EXTENSIONS.has(protocol)
    if (!isExtension) return packet
    if (headers === MAX_EXTENSION_HEADERS || packet.end < payloadAt + 8) return undefined
    if (protocol === FRAGMENT) {
      const field = view.getUint16(payloadAt + 2)
      if (field & 0xfff8) return undefined
      packet.fragmented = true
      packet.more ||= (field & 1) !== 0
    }
    packet.protocol = view.getUint8(payloadAt)
    packet.payloadAt += extensionBytes(protocol, view.getUint8(payloadAt + 1))
    if (packet.payloadAt > packet.end) return undefined
  }
}

/** RFC 4302 section 2.2 counts units of 4 bytes, less 2. */
const extensionBytes = (protocol: number, length: number): number => {
  if (protocol === FRAGMENT) return 8
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8
}

/** Source and destination of the header, text by RFC 5952. */
export const addressesOf = (
  view: DataView,
  { version, headerAt }: IpPacket,
): { src: string; dst: string } =>
  version === 4
    ? { src: ipv4At(view, headerAt + 12), dst: ipv4At(view, headerAt + 16) }
    : { src: ipv6At(view, headerAt + 8), dst: ipv6At(view, headerAt + 24) }
