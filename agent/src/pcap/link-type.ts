/**
 * Link types (https://www.tcpdump.org/linktypes.html) and how their frames become what the counting
 * program reads: Ethernet, or IP at once. It does all the rest, so that captures and the kernel can't differ.
 */
import type { CapturePacket } from './capture.ts'

/** A frame as it lies in the counting program's buffer. */
export interface Frame {
  captured: number
  /** Length on the wire of the frame as rewritten. */
  wire: number
  /** 14: begins with an Ethernet header; 0: with IP. */
  l2: 0 | 14
  /** 0 ingress, 1 egress */
  direction: 0 | 1
  /** SLL2 says on which interface it was seen; 0: unknown. */
  ifindex: number
}

/** Copies a packet to the start of `target` and describes it in `to`; false when its link header is cut off. */
type Framer = (packet: CapturePacket, target: Uint8Array, to: Frame) => boolean

const ETHERNET_HEADER = 14
const ARPHRD_NETLINK = 824
const OUTGOING = 4

const copyAll =
  (l2: 0 | 14): Framer =>
  (p, target, to) => {
    p.bytes.copy(target, 0, p.start, p.start + p.captured)
    to.captured = p.captured
    to.wire = p.wire
    to.l2 = l2
    return true
  }

/** Puts an Ethernet header of type `etherType` in the place of the first `header` bytes. */
const rewrite = (
  p: CapturePacket,
  target: Uint8Array,
  to: Frame,
  header: number,
  etherType: number,
): void => {
  p.bytes.copy(target, ETHERNET_HEADER, p.start + header, p.start + p.captured)
  target.fill(0, 0, 12)
  target[12] = etherType >> 8
  target[13] = etherType & 0xff
  to.captured = p.captured - header + ETHERNET_HEADER
  to.wire = p.wire - header + ETHERNET_HEADER
  to.l2 = 14
}

/** LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address (8), protocol; big-endian. */
const sll: Framer = (p, target, to) => {
  if (p.captured < 16) return false
  const isNetlink = p.bytes.readUInt16BE(p.start + 2) === ARPHRD_NETLINK
  if (p.bytes.readUInt16BE(p.start) === OUTGOING) to.direction = 1
  rewrite(p, target, to, 16, isNetlink ? 0 : p.bytes.readUInt16BE(p.start + 14))
  return true
}

/** LINKTYPE_LINUX_SLL2: protocol, reserved, ifindex (4), ARPHRD, packet type (1), address length (1), address (8). */
const sll2: Framer = (p, target, to) => {
  if (p.captured < 20) return false
  const isNetlink = p.bytes.readUInt16BE(p.start + 8) === ARPHRD_NETLINK
  if (p.bytes[p.start + 10] === OUTGOING) to.direction = 1
  to.ifindex = p.bytes.readUInt32BE(p.start + 4)
  rewrite(p, target, to, 20, isNetlink ? 0 : p.bytes.readUInt16BE(p.start))
  return true
}

/** AF_INET is 2 everywhere, AF_INET6 differs (NetBSD 24, FreeBSD 28, Darwin 30, Linux 10). */
const etherTypeOfFamily = (family: number): number => {
  if (family === 2) return 0x0800
  return family === 10 || family === 24 || family === 28 || family === 30 ? 0x86dd : 0
}

/** LINKTYPE_NULL and LINKTYPE_LOOP: an address family of 4 bytes, in the byte order of whoever captured. */
const family: Framer = (p, target, to) => {
  if (p.captured < 4) return false
  const value = p.bytes.readUInt32BE(p.start)
  const swapped = p.bytes.readUInt32LE(p.start)
  rewrite(p, target, to, 4, etherTypeOfFamily(Math.min(value, swapped)))
  return true
}

const raw = copyAll(0)
const FRAMERS: Readonly<Record<number, Framer>> = {
  0: family,
  1: copyAll(14),
  12: raw, // DLT_RAW as some systems write it
  14: raw,
  101: raw,
  108: family,
  113: sll,
  228: raw,
  229: raw,
  276: sll2,
}

/** Names of types that people meet; others are shown by number. */
// prettier-ignore
const NAMES: Readonly<Record<number, string>> = {
  0: 'NULL', 1: 'ETHERNET', 3: 'AX25', 6: 'IEEE802_5', 8: 'SLIP', 9: 'PPP', 10: 'FDDI', 12: 'RAW', 14: 'RAW',
  50: 'PPP_HDLC', 51: 'PPP_ETHER', 100: 'ATM_RFC1483', 101: 'RAW', 104: 'C_HDLC', 105: 'IEEE802_11',
  107: 'FRELAY', 108: 'LOOP', 113: 'LINUX_SLL', 117: 'PFLOG', 119: 'IEEE802_11_PRISM', 122: 'IP_OVER_FC',
  127: 'IEEE802_11_RADIOTAP', 129: 'ARCNET_LINUX', 138: 'APPLE_IP_OVER_IEEE1394', 139: 'MTP2_WITH_PHDR',
  143: 'DOCSIS', 144: 'LINUX_IRDA', 147: 'USER0', 163: 'IEEE802_11_AVS', 166: 'PPP_PPPD',
  187: 'BLUETOOTH_HCI_H4', 189: 'USB_LINUX', 192: 'PPI', 195: 'IEEE802_15_4_WITHFCS',
  201: 'BLUETOOTH_HCI_H4_WITH_PHDR', 203: 'LAPD', 220: 'USB_LINUX_MMAPPED', 224: 'FC_2', 227: 'CAN_SOCKETCAN',
  228: 'IPV4', 229: 'IPV6', 230: 'IEEE802_15_4_NOFCS', 239: 'NFLOG', 240: 'NETANALYZER', 247: 'INFINIBAND',
  249: 'USBPCAP', 251: 'BLUETOOTH_LE_LL', 252: 'WIRESHARK_UPPER_PDU', 253: 'NETLINK',
  254: 'BLUETOOTH_LINUX_MONITOR', 256: 'BLUETOOTH_LE_LL_WITH_PHDR', 258: 'PKTAP', 274: 'ETHERNET_MPACKET',
  276: 'LINUX_SLL2', 283: 'IEEE802_15_4_TAP',
}

export const isSupported = (linkType: number): boolean => FRAMERS[linkType] !== undefined

/** The number with its name, for people: `127 (IEEE802_11_RADIOTAP)`. */
export const linkTypeName = (linkType: number): string => {
  const name = NAMES[linkType]
  return name === undefined ? String(linkType) : `${linkType} (${name})`
}

/** All that can be read, for an error message. */
export const supportedLinkTypes = (): string =>
  Object.keys(FRAMERS)
    .map((n) => linkTypeName(Number(n)))
    .join(', ')

/** Brings a packet of a supported link type into the counting program's form. */
export const putFrame: Framer = (packet, target, to) => {
  to.direction = packet.direction ?? 0
  to.ifindex = 0
  return FRAMERS[packet.interface.linkType]?.(packet, target, to) ?? false
}
