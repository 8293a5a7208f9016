/**
 * Community ID v1, the public name of a flow: the same string in Zeek, Suricata, Wireshark.
 * https://github.com/corelight/community-id-spec
 */
import { createHash } from 'node:crypto'

const HAS_PORTS = new Set([1, 6, 17, 58, 132])

/**
 * ICMP and ICMPv6 types whose answer has a type of its own (the specification's table): only such
 * flows are two-way, the others are never swapped. The kernel program uses the same table for its key.
 */
const ANSWER_TYPE: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  1: { 0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17 },
  58: {
    128: 129,
    129: 128,
    130: 131,
    131: 130,
    133: 134,
    134: 133,
    135: 136,
    136: 135,
    139: 140,
    140: 139,
    144: 145,
    145: 144,
  },
}

export interface Endpoints {
  /** 16 bytes, IPv4 as ::ffff:a.b.c.d */
  srcAddr: Uint8Array
  dstAddr: Uint8Array
  srcPort: number
  dstPort: number
  protocol: number
}

/** `1:` and the base64 of SHA-1 over seed, addresses, protocol and ports in the specified order. */
export const communityId = (flow: Endpoints, seed = 0): string => {
  const oneWay =
    ANSWER_TYPE[flow.protocol] !== undefined &&
    ANSWER_TYPE[flow.protocol]?.[flow.srcPort] === undefined
  const v4 = isV4(flow.srcAddr) && isV4(flow.dstAddr)
  let [a, b] = v4
    ? [flow.srcAddr.subarray(12), flow.dstAddr.subarray(12)]
    : [flow.srcAddr, flow.dstAddr]
  let [p, q] = [flow.srcPort, flow.dstPort]
  const order = Buffer.compare(a, b)
  if (!oneWay && (order > 0 || (order === 0 && p > q))) [a, b, p, q] = [b, a, q, p]
  const head = Buffer.from([seed >> 8, seed & 255])
  const tail = HAS_PORTS.has(flow.protocol)
    ? Buffer.from([flow.protocol, 0, p >> 8, p & 255, q >> 8, q & 255])
    : Buffer.from([flow.protocol, 0])
  return `1:${createHash('sha1').update(head).update(a).update(b).update(tail).digest('base64')}`
}

const isV4 = (address: Uint8Array) =>
  address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 255 && address[11] === 255
