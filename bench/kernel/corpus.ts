/** Packets of every kind that the parser knows, as frames. */
import {
  ethernet,
  icmp,
  icmpv6,
  ip,
  otherPayload,
  tcp,
  TCP_FLAGS,
  udp,
  type Payload,
} from '@netscope/agent/mock/packet.ts'

const DATA = new Uint8Array(18)
const V4 = { src: '10.0.0.1', dst: '10.0.0.2' }
const V6 = { src: '2001:db8::1', dst: '2001:db8::2' }
const IPV6_HEADER = 40

const segment = (bytes = 18) =>
  tcp({ srcPort: 51000, dstPort: 443, flags: TCP_FLAGS.ack, data: new Uint8Array(bytes) })

/** Hop-by-hop and destination options of 8 bytes each before the payload (RFC 8200 section 4). */
const withExtensions = (carried: Payload): Uint8Array => {
  const headers = Uint8Array.of(60, 0, 1, 4, 0, 0, 0, 0, carried.protocol, 0, 1, 4, 0, 0, 0, 0)
  const packet = ip(V6, otherPayload(0, new Uint8Array([...headers, ...carried.bytes])))
  return packet.length > IPV6_HEADER ? packet : headers
}

/** DNS would be handed to user space too. */
export const UDP4 = ethernet(ip(V4, udp(40000, 5004, DATA)))

export const CORPUS: Readonly<Record<string, Uint8Array>> = {
  'IPv4 UDP': UDP4,
  'IPv4 TCP': ethernet(ip(V4, segment())),
  'IPv4 TCP 1500 bytes': ethernet(ip(V4, segment(1460))),
  'IPv4 TCP, 12 bytes of IP options': ethernet(
    ip({ ...V4, options: new Uint8Array(12).fill(1) }, segment()),
  ),
  'IPv4 ICMP echo': ethernet(ip(V4, icmp(8, 0, 1, DATA))),
  'IPv4 SCTP': ethernet(ip(V4, otherPayload(132, new Uint8Array(28).fill(7)))),
  'IPv4 GRE': ethernet(ip(V4, otherPayload(47, new Uint8Array(28)))),
  'IPv4 UDP, one VLAN tag': ethernet(ip(V4, udp(40000, 5004, DATA)), { vlans: [7] }),
  'IPv4 TCP, QinQ': ethernet(ip(V4, segment()), { vlans: [7, 8] }),
  'IPv6 UDP': ethernet(ip(V6, udp(40000, 5004, DATA))),
  'IPv6 TCP': ethernet(ip(V6, segment())),
  'IPv6 TCP, two extension headers': ethernet(withExtensions(segment())),
  'IPv6 ICMPv6 echo': ethernet(ip(V6, icmpv6(128, 0, 1, DATA))),
  ARP: ethernet(new Uint8Array(28), { etherType: 0x0806 }),
}
