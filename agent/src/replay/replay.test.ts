/** Captures through the whole line: engine, tracker, records, lines. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplayFlow, ReplayLine, ReplaySummary } from '@netscope/core/replay.ts'
import { ethernet, icmp, ip, TCP_FLAGS, tcp, udp } from '../mock/packet.ts'
import { pcapngInterface, pcapngPacket, pcapngSection, type WrittenPacket, writePcap } from '../pcap/write-capture.ts'
import { replay } from './replay.ts'

const CONFIG = {
  flows: {
    tableSize: 4096,
    tcpIdleSeconds: 300,
    udpIdleSeconds: 60,
    icmpIdleSeconds: 30,
    otherIdleSeconds: 60,
    closedLingerSeconds: 5,
    liveUpdatesPerSecond: 5000,
    recentEnded: 20000,
  },
  network: { sshPorts: [22] },
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-replay-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = async (contents: readonly Uint8Array[], config = CONFIG) => {
  const files = contents.map((content, i) => {
    const path = join(folder, `capture-${i}`)
    writeFileSync(path, content)
    return path
  })
  let text = ''
  const output = new Writable({
    highWaterMark: 1000, // a slow reader changes nothing
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      setImmediate(done)
    },
  })
  const { summary, ok } = await replay(files, config, { output })
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as ReplayLine)
  expect(lines.at(-1)).toEqual(summary)
  const flows = lines.slice(0, -1) as ReplayFlow[]
  expectBalance(flows, summary)
  return { flows, summary, ok }
}

const expectBalance = (flows: readonly ReplayFlow[], summary: ReplaySummary): void => {
  const other = Object.values(summary.notCounted).reduce((sum, packets) => sum + packets, 0)
  expect(summary.counted + summary.malformed + summary.notIp + other).toBe(summary.packets)
  expect(flows.reduce((sum, flow) => sum + flow.srcPackets + flow.dstPackets, 0)).toBe(summary.counted)
  expect(flows.length).toBe(summary.flows)
}

const START = 1_700_000_000
const [A, B] = ['192.0.2.1', '192.0.2.2']
const QUERY = ip({ src: A, dst: B }, udp(4000, 53, new Uint8Array(30)))
const QUERY_V6 = ip({ src: '2001:db8::1', dst: '2001:db8::2' }, udp(4000, 53, new Uint8Array(30)))
const ARP = ethernet(new Uint8Array(28), { etherType: 0x0806 })
const at = (seconds: number, bytes = ethernet(QUERY)): WrittenPacket => ({ bytes, seconds: START + seconds })
const segment = (from: 'client' | 'server', flags: number) =>
  ethernet(
    from === 'client'
      ? ip({ src: A, dst: B }, tcp({ srcPort: 5000, dstPort: 80, flags }))
      : ip({ src: B, dst: A }, tcp({ srcPort: 80, dstPort: 5000, flags })),
  )

describe('link types', () => {
  const bytes = (...parts: (Uint8Array | number[])[]) => Buffer.concat(parts.map((part) => Uint8Array.from(part)))
  const sll = (type: number, protocol: number[], payload: Uint8Array) =>
    bytes([0, type, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], protocol, payload)
  const sll2 = (type: number, ifindex: number, protocol: number[], payload: Uint8Array) =>
    bytes(protocol, [0, 0, 0, 0, 0, ifindex, 0, 1, type, 6, 2, 0, 0, 0, 0, 1, 0, 0], payload)
  const CASES: [name: string, linkType: number, frame: Uint8Array, expected: Partial<ReplayFlow>][] = [
    ['Ethernet', 1, ethernet(QUERY), {}],
    ['Ethernet, one tag', 1, ethernet(QUERY, { vlans: [7] }), { vlan: 7 }],
    ['Ethernet, two tags', 1, ethernet(QUERY, { vlans: [7, 8] }), { vlan: 7, innerVlan: 8 }],
    ['Linux SLL', 113, sll(0, [8, 0], QUERY), { direction: 'inbound' }],
    ['Linux SLL, outgoing', 113, sll(4, [8, 0], QUERY), { direction: 'outbound' }],
    ['Linux SLL, a tag', 113, sll(0, [0x81, 0], bytes([0, 9, 8, 0], QUERY)), { vlan: 9 }],
    ['Linux SLL, IPv6', 113, sll(0, [0x86, 0xdd], QUERY_V6), { src: '2001:db8::1' }],
    ['Linux SLL2', 276, sll2(0, 3, [8, 0], QUERY), { interface: 'if3', direction: 'inbound' }],
    ['Linux SLL2, outgoing', 276, sll2(4, 3, [8, 0], QUERY), { interface: 'if3', direction: 'outbound' }],
    ...[101, 12, 14].map((n): (typeof CASES)[number] => [`raw IP ${n}`, n, QUERY, {}]),
    ['raw IPv4', 228, QUERY, {}],
    ['raw IPv6', 229, QUERY_V6, { src: '2001:db8::1' }],
    ['NULL, little-endian', 0, bytes([2, 0, 0, 0], QUERY), {}],
    ['NULL, big-endian', 0, bytes([0, 0, 0, 2], QUERY), {}],
    ...[10, 24, 28, 30].map((f): (typeof CASES)[number] => [`NULL, IPv6 as ${f}`, 0, bytes([f, 0, 0, 0], QUERY_V6), { src: '2001:db8::1' }]),
    ['LOOP', 108, bytes([0, 0, 0, 2], QUERY), {}],
  ]
  for (const [name, linkType, frame, expected] of CASES)
    it(`reads ${name}`, async () => {
      const { flows, summary } = await run([writePcap([{ bytes: frame, seconds: START }], { linkType })])
      const isV6 = expected.src?.includes(':') ?? false
      expect(summary).toMatchObject({ packets: 1, counted: 1, bytes: isV6 ? 78 : 58 })
      const dst = isV6 ? '2001:db8::2' : B
      expect(flows).toMatchObject([{ src: A, dst, srcPort: 4000, dstPort: 53, protocol: 'UDP', srcPackets: 1, ...expected }])
    })

  it('counts what is cut within the link header as malformed', async () => {
    for (const linkType of [0, 108, 113, 276]) {
      const { summary } = await run([writePcap([{ bytes: new Uint8Array(3), wire: 100, seconds: START }], { linkType })])
      expect(summary).toMatchObject({ packets: 1, malformed: 1, counted: 0 })
    }
  })

  it('counts other families and protocols as not IP', async () => {
    const frames: [number, Uint8Array][] = [[0, bytes([7, 0, 0, 0], QUERY)], [113, sll(0, [8, 6], QUERY)], [1, ARP]]
    for (const [linkType, frame] of frames) {
      const { summary } = await run([writePcap([{ bytes: frame, seconds: START }], { linkType })])
      expect(summary).toMatchObject({ packets: 1, notIp: 1, counted: 0 })
    }
  })

  it('refuses a file of another link type with its number and name', async () => {
    const { summary, ok } = await run([writePcap([at(0), at(1)], { linkType: 127 })])
    expect(ok).toBe(false)
    expect(summary).toMatchObject({ packets: 2, counted: 0, notCounted: { 'link type 127 (IEEE802_11_RADIOTAP)': 2 } })
    expect(summary.problems[0]?.cause).toContain('link type 127 (IEEE802_11_RADIOTAP) can\'t be read')
  })

  it('reads the interfaces that it can and says which it cannot', async () => {
    const packet = (face: number) => pcapngPacket({ face, ticks: 1n, bytes: ethernet(QUERY) })
    const file = Buffer.concat([pcapngSection(), pcapngInterface(1), pcapngInterface(249), packet(0), packet(1)])
    const { summary, ok } = await run([file])
    expect(ok).toBe(true)
    expect(summary).toMatchObject({ packets: 2, counted: 1, notCounted: { 'link type 249 (USBPCAP)': 1 } })
  })
})

describe('time', () => {
  it('keeps microseconds, and nanoseconds in durations', async () => {
    const file = writePcap(
      [{ bytes: ethernet(QUERY), seconds: START, nanos: 1_234 }, { bytes: ethernet(QUERY), seconds: START + 1, nanos: 2_345 }],
      { nanoseconds: true },
    )
    const { flows } = await run([file])
    expect(flows[0]).toMatchObject({ firstSeen: '2023-11-14T22:13:20.000001Z', lastSeen: '2023-11-14T22:13:21.000002Z', durationMs: 1000.001111 })
  })

  it('splits a UDP flow at a gap longer than its idle time-out', async () => {
    expect((await run([writePcap([at(0), at(50), at(120)])])).flows.map((flow) => [flow.srcPackets, flow.end])).toEqual([[2, 'idle'], [1, 'forced']])
    expect((await run([writePcap([at(0), at(50), at(110)])])).flows).toHaveLength(1)
  })

  it('takes the time-outs of the configuration', async () => {
    const config = { ...CONFIG, flows: { ...CONFIG.flows, udpIdleSeconds: 5 } }
    expect((await run([writePcap([at(0), at(8)])], config)).flows).toHaveLength(2)
  })

  it('jumps over years without a tick for each second', async () => {
    const { flows, summary } = await run([writePcap([at(0), at(400_000_000), at(800_000_000)])])
    expect(flows.map((flow) => flow.end)).toEqual(['idle', 'idle', 'forced'])
    expect(summary.durationMs).toBe(8e11)
  })

  it('tolerates packets out of order', async () => {
    const { flows } = await run([writePcap([at(100), at(40), at(101), at(99)])])
    expect(flows).toMatchObject([{ srcPackets: 4 }])
  })

  it('goes on after a damaged time stamp far in the future', async () => {
    const { flows } = await run([writePcap([at(0), { bytes: ethernet(QUERY), seconds: 4_294_967_295 }, at(1), at(2), at(90)])])
    expect(flows.reduce((sum, flow) => sum + flow.srcPackets, 0)).toBe(5)
    expect(flows.map((flow) => flow.end)).toEqual(['idle', 'idle', 'forced'])
  })

  it('reports times that no clock shows', async () => {
    const file = Buffer.concat([
      pcapngSection(),
      pcapngInterface(1, [[9, Uint8Array.of(0)]]),
      pcapngPacket({ ticks: 1_700_000_000n, bytes: ethernet(QUERY) }),
      pcapngPacket({ ticks: 0xffffffffffffffffn, bytes: ethernet(QUERY) }),
    ])
    const { summary } = await run([file])
    expect(summary).toMatchObject({ counted: 2, problems: [{ cause: '1 packets have an implausible time' }] })
  })
})

describe('flows', () => {
  it('follows a TCP connection to its close and lingers for late packets', async () => {
    const { syn, ack, fin } = TCP_FLAGS
    const steps: [number, 'client' | 'server', number][] = [
      [0, 'client', syn], [0, 'server', syn | ack], [0, 'client', ack], [1, 'client', fin | ack], [1, 'server', fin | ack], [1, 'client', ack],
    ] // prettier-ignore
    const packets = steps.map(([second, from, flags]) => at(second, segment(from, flags)))
    const { flows } = await run([writePcap([...packets, at(30)])])
    expect(flows[0]).toMatchObject({ src: A, srcPort: 5000, dstPort: 80, srcPackets: 4, dstPackets: 2, handshake: 'complete', end: 'closed', synCount: 1, synAckCount: 1, finCount: 2 })
  })

  it('joins echo and answer, with the Community ID of the specification', async () => {
    const echo = ethernet(ip({ src: '192.168.0.89', dst: '192.168.0.1' }, icmp(8, 0, 1)))
    const answer = ethernet(ip({ src: '192.168.0.1', dst: '192.168.0.89' }, icmp(0, 0, 1)))
    const { flows } = await run([writePcap([at(0, echo), at(0, answer)])])
    expect(flows).toMatchObject([{ srcPackets: 1, dstPackets: 1, communityId: '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=' }])
  })

  it('goes on with a flow in the next file, and shows files of another time in the order given', async () => {
    const files = [writePcap([at(0), at(10)]), writePcap([at(20)]), writePcap([at(-5000)])]
    const { flows, summary } = await run(files)
    expect(flows.map((flow) => flow.srcPackets)).toEqual([4])
    expect(summary).toMatchObject({ packets: 4, firstSeen: '2023-11-14T20:50:00.000000Z', lastSeen: '2023-11-14T22:13:40.000000Z' })
  })

  it('counts packets that find no entry, by cause', async () => {
    const config = { ...CONFIG, flows: { ...CONFIG.flows, tableSize: 64 } }
    const packets = Array.from({ length: 100 }, (_, i) => at(0, ethernet(ip({ src: A, dst: B }, udp(1000 + i, 53)))))
    const { summary } = await run([writePcap(packets)], config)
    expect(summary).toMatchObject({ packets: 100, counted: 64, notCounted: { 'table full': 36 } })
  })

  it('counts both copies of a loopback packet once', async () => {
    const sll = (type: number) => Buffer.concat([Uint8Array.of(0, type, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0), QUERY])
    const packets = [4, 0, 4, 0].map((type, i) => ({ bytes: sll(type), seconds: START, nanos: i * 1000 }))
    const { summary } = await run([writePcap(packets, { linkType: 113 })])
    expect(summary).toMatchObject({ packets: 4, counted: 2, notCounted: { 'seen at the other hook': 2 } })
  })
})

describe('problems', () => {
  it('prints what could be read of a cut file, and where it ends', async () => {
    const file = writePcap([at(0), at(1)])
    const { summary, ok } = await run([file.subarray(0, file.length - 1)])
    expect([summary.packets, summary.truncated, ok]).toEqual([1, true, true])
    expect(summary.problems).toMatchObject([{ offset: 24 + 16 + 72, cause: expect.stringContaining('within a record') }])
  })

  it('goes on with the next file', async () => {
    const { summary, ok } = await run([Buffer.from('this is not a capture at all, sorry'), writePcap([at(0)])])
    expect([summary.packets, summary.truncated, ok]).toEqual([1, true, true])
  })

  it('is not ok when nothing could be read', async () => {
    expect(await run([new Uint8Array(0)])).toMatchObject({ ok: false, summary: { packets: 0, durationMs: 0 } })
  })

  it('is ok with a capture that holds no packet', async () => {
    expect(await run([writePcap([])])).toMatchObject({ ok: true, summary: { packets: 0, flows: 0, truncated: false } })
    expect(await run([pcapngSection()])).toMatchObject({ ok: true, summary: { packets: 0, truncated: false } })
  })
})
