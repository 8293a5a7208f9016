/** Small captures of every format and link type, as seeds for mutation. */
import {
  ethernet,
  icmp,
  icmpv6,
  ip,
  otherPayload,
  sealed,
  tcp,
  udp,
} from '@netscope/agent/mock/packet.ts'
import {
  pcapngBlock,
  pcapngInterface,
  pcapngPacket,
  pcapngSection,
  pcapngSimplePacket,
  writePcap,
} from '@netscope/agent/pcap/write-capture.ts'

const V4 = { src: '192.0.2.1', dst: '192.0.2.2' }
const V6 = { src: '2001:db8::1', dst: '2001:db8::2' }

const fragments = (): Uint8Array[] => {
  const whole = sealed(V6.src, V6.dst, udp(7, 8, new Uint8Array(100)))
  const part = (from: number, to: number) => otherPayload(17, whole.bytes.slice(from, to))
  return [
    ip({ ...V6, id: 5, fragment: { offset: 0, more: true } }, part(0, 64)),
    ip({ ...V6, id: 5, fragment: { offset: 64, more: false } }, part(64, 108)),
  ]
}

/** Hop-by-hop, destination options, authentication header, then UDP. */
const extended = (): Uint8Array => {
  const extensions = [
    60, 0, 1, 4, 0, 0, 0, 0, 51, 0, 1, 4, 0, 0, 0, 0, 17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  return ip(V6, otherPayload(0, Uint8Array.from([...extensions, ...udp(9, 10).bytes])))
}

const PACKETS: readonly Uint8Array[] = [
  ip(V4, tcp({ srcPort: 1000, dstPort: 80, flags: 2 })),
  ip(
    { src: V4.dst, dst: V4.src },
    tcp({ srcPort: 80, dstPort: 1000, flags: 18, data: new Uint8Array(30) }),
  ),
  ip({ ...V4, options: new Uint8Array(8) }, udp(5, 6, new Uint8Array(9))),
  ip(V4, icmp(8, 0, 1, new Uint8Array(20))),
  ip(V6, icmpv6(135, 0, 0, new Uint8Array(16))),
  ip(V4, otherPayload(132, new Uint8Array(24))),
  ip(V4, otherPayload(47, new Uint8Array(24))),
  extended(),
  ...fragments(),
]

const LINK_HEADERS: readonly [linkType: number, (packet: Uint8Array) => Uint8Array][] = [
  [1, (packet) => ethernet(packet)],
  [1, (packet) => ethernet(packet, { vlans: [3, 4] })],
  [101, (packet) => packet],
  [0, (packet) => Uint8Array.from([(packet[0] ?? 0) >> 4 === 6 ? 30 : 2, 0, 0, 0, ...packet])],
  [108, (packet) => Uint8Array.from([0, 0, 0, 2, ...packet])],
  [113, (packet) => Uint8Array.from([0, 4, 0, 1, 0, 6, 0, 0, 0, 0, 0, 1, 0, 0, 8, 0, ...packet])],
  [
    276,
    (packet) =>
      Uint8Array.from([8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 0, 0, 0, 0, 0, 1, 0, 0, ...packet]),
  ],
]

const pcapng = (bigEndian: boolean): Buffer =>
  Buffer.concat([
    pcapngSection(bigEndian),
    pcapngInterface(
      1,
      [
        [2, new TextEncoder().encode('eth0')],
        [9, Uint8Array.of(9)],
      ],
      bigEndian,
    ),
    pcapngInterface(101, [[9, Uint8Array.of(0x8a)]], bigEndian),
    ...PACKETS.flatMap((packet, i) => [
      pcapngPacket(
        {
          ticks: BigInt(i) * 5_000_000_000n,
          bytes: ethernet(packet),
          options: [[2, new Uint8Array(4)]],
        },
        bigEndian,
      ),
      pcapngPacket({ face: 1, ticks: BigInt(i) * 1024n, bytes: packet }, bigEndian, true),
      pcapngBlock(5, new Uint8Array(12), bigEndian),
      pcapngSimplePacket(ethernet(packet), 99, bigEndian),
    ]),
  ])

export const sampleCaptures = (): Uint8Array[] => [
  ...LINK_HEADERS.map(([linkType, put], i) =>
    writePcap(
      PACKETS.map((packet, n) => ({
        bytes: put(packet),
        seconds: 1_700_000_000 + 20 * n,
        nanos: n,
      })),
      { linkType, bigEndian: i % 2 === 1, nanoseconds: i % 3 === 0, modified: i % 5 === 4 },
    ),
  ),
  pcapng(false),
  pcapng(true),
]
