/** Every link type, through the whole line. */
import { describe, expect, it } from 'vitest'
import type { ReplayFlow } from '@netscope/core/replay.ts'
import { ethernet, ip, udp } from '../mock/packet.ts'
import { pcapngInterface, pcapngPacket, pcapngSection, writePcap } from '../pcap/write-capture.ts'
import { A, at, B, QUERY, run, START } from './replay-rig.ts'

const QUERY_V6 = ip({ src: '2001:db8::1', dst: '2001:db8::2' }, udp(4000, 53, new Uint8Array(30)))
const ARP = ethernet(new Uint8Array(28), { etherType: 0x0806 })

describe('link types', () => {
  const bytes = (...parts: (Uint8Array | number[])[]) =>
    Buffer.concat(parts.map((part) => Uint8Array.from(part)))
  const sll = (type: number, protocol: number[], payload: Uint8Array) =>
    bytes([0, type, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], protocol, payload)
  const sll2 = (type: number, ifindex: number, protocol: number[], payload: Uint8Array) =>
    bytes(protocol, [0, 0, 0, 0, 0, ifindex, 0, 1, type, 6, 2, 0, 0, 0, 0, 1, 0, 0], payload)
  const CASES: [
    name: string,
    linkType: number,
    frame: Uint8Array,
    expected: Partial<ReplayFlow>,
  ][] = [
    ['Ethernet', 1, ethernet(QUERY), {}],
    ['Ethernet, one tag', 1, ethernet(QUERY, { vlans: [7] }), { vlan: 7 }],
    ['Ethernet, two tags', 1, ethernet(QUERY, { vlans: [7, 8] }), { vlan: 7, innerVlan: 8 }],
    ['Linux SLL', 113, sll(0, [8, 0], QUERY), { direction: 'inbound' }],
    ['Linux SLL, outgoing', 113, sll(4, [8, 0], QUERY), { direction: 'outbound' }],
    ['Linux SLL, a tag', 113, sll(0, [0x81, 0], bytes([0, 9, 8, 0], QUERY)), { vlan: 9 }],
    ['Linux SLL, IPv6', 113, sll(0, [0x86, 0xdd], QUERY_V6), { src: '2001:db8::1' }],
    ['Linux SLL2', 276, sll2(0, 3, [8, 0], QUERY), { interface: 'if3', direction: 'inbound' }],
    [
      'Linux SLL2, outgoing',
      276,
      sll2(4, 3, [8, 0], QUERY),
      { interface: 'if3', direction: 'outbound' },
    ],
    ...[101, 12, 14].map((n): (typeof CASES)[number] => [`raw IP ${n}`, n, QUERY, {}]),
    ['raw IPv4', 228, QUERY, {}],
    ['raw IPv6', 229, QUERY_V6, { src: '2001:db8::1' }],
    ['NULL, little-endian', 0, bytes([2, 0, 0, 0], QUERY), {}],
    ['NULL, big-endian', 0, bytes([0, 0, 0, 2], QUERY), {}],
    ...[10, 24, 28, 30].map((f): (typeof CASES)[number] => [
      `NULL, IPv6 as ${f}`,
      0,
      bytes([f, 0, 0, 0], QUERY_V6),
      { src: '2001:db8::1' },
    ]),
    ['LOOP', 108, bytes([0, 0, 0, 2], QUERY), {}],
  ]
  for (const [name, linkType, frame, expected] of CASES)
    it(`reads ${name}`, async () => {
      const { flows, summary } = await run([
        writePcap([{ bytes: frame, seconds: START }], { linkType }),
      ])
      const isV6 = expected.src?.includes(':') ?? false
      expect(summary).toMatchObject({ packets: 1, counted: 1, bytes: isV6 ? 78 : 58 })
      const dst = isV6 ? '2001:db8::2' : B
      expect(flows).toMatchObject([
        { src: A, dst, srcPort: 4000, dstPort: 53, protocol: 'UDP', srcPackets: 1, ...expected },
      ])
    })

  it('counts what is cut within the link header as malformed', async () => {
    for (const linkType of [0, 108, 113, 276]) {
      const { summary } = await run([
        writePcap([{ bytes: new Uint8Array(3), wire: 100, seconds: START }], { linkType }),
      ])
      expect(summary).toMatchObject({ packets: 1, malformed: 1, counted: 0 })
    }
  })

  it('counts other families and protocols as not IP', async () => {
    const frames: [number, Uint8Array][] = [
      [0, bytes([7, 0, 0, 0], QUERY)],
      [113, sll(0, [8, 6], QUERY)],
      [1, ARP],
    ]
    for (const [linkType, frame] of frames) {
      const { summary } = await run([writePcap([{ bytes: frame, seconds: START }], { linkType })])
      expect(summary).toMatchObject({ packets: 1, notIp: 1, counted: 0 })
    }
  })

  it('refuses a file of another link type with its number and name', async () => {
    const { summary, ok } = await run([writePcap([at(0), at(1)], { linkType: 127 })])
    expect(ok).toBe(false)
    expect(summary).toMatchObject({
      packets: 2,
      counted: 0,
      notCounted: { 'link type 127 (IEEE802_11_RADIOTAP)': 2 },
    })
    expect(summary.problems[0]?.cause).toContain(
      "link type 127 (IEEE802_11_RADIOTAP) can't be read",
    )
  })

  it('reads the interfaces that it can and says which it cannot', async () => {
    const packet = (face: number) => pcapngPacket({ face, ticks: 1n, bytes: ethernet(QUERY) })
    const file = Buffer.concat([
      pcapngSection(),
      pcapngInterface(1),
      pcapngInterface(249),
      packet(0),
      packet(1),
    ])
    const { summary, ok } = await run([file])
    expect(ok).toBe(true)
    expect(summary).toMatchObject({
      packets: 2,
      counted: 1,
      notCounted: { 'link type 249 (USBPCAP)': 1 },
    })
  })
})
