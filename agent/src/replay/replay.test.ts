/** Captures through the whole line: engine, tracker, records, lines. */
import { describe, expect, it } from 'vitest'
import { ethernet, icmp, ip, TCP_FLAGS, tcp, udp } from '../mock/packet.ts'
import { pcapngInterface, pcapngPacket, pcapngSection, writePcap } from '../pcap/write-capture.ts'
import { A, at, B, CONFIG, QUERY, run, START } from './replay-rig.ts'

const segment = (from: 'client' | 'server', flags: number) =>
  ethernet(
    from === 'client'
      ? ip({ src: A, dst: B }, tcp({ srcPort: 5000, dstPort: 80, flags }))
      : ip({ src: B, dst: A }, tcp({ srcPort: 80, dstPort: 5000, flags })),
  )

describe('time', () => {
  it('keeps microseconds, and nanoseconds in durations', async () => {
    const file = writePcap(
      [
        { bytes: ethernet(QUERY), seconds: START, nanos: 1_234 },
        { bytes: ethernet(QUERY), seconds: START + 1, nanos: 2_345 },
      ],
      { nanoseconds: true },
    )
    const { flows } = await run([file])
    expect(flows[0]).toMatchObject({
      firstSeen: '2023-11-14T22:13:20.000001Z',
      lastSeen: '2023-11-14T22:13:21.000002Z',
      durationMs: 1000.001111,
    })
  })

  it('splits a UDP flow at a gap longer than its idle time-out', async () => {
    expect(
      (await run([writePcap([at(0), at(50), at(120)])])).flows.map((flow) => [
        flow.srcPackets,
        flow.end,
      ]),
    ).toEqual([
      [2, 'idle'],
      [1, 'forced'],
    ])
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
    const { flows } = await run([
      writePcap([at(0), { bytes: ethernet(QUERY), seconds: 4_294_967_295 }, at(1), at(2), at(90)]),
    ])
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
    expect(summary).toMatchObject({
      counted: 2,
      problems: [{ cause: '1 packets have an implausible time' }],
    })
  })
})

describe('flows', () => {
  it('follows a TCP connection to its close and lingers for late packets', async () => {
    const { syn, ack, fin } = TCP_FLAGS
    const steps: [number, 'client' | 'server', number][] = [
      [0, 'client', syn],
      [0, 'server', syn | ack],
      [0, 'client', ack],
      [1, 'client', fin | ack],
      [1, 'server', fin | ack],
      [1, 'client', ack],
    ]
    const packets = steps.map(([second, from, flags]) => at(second, segment(from, flags)))
    const { flows } = await run([writePcap([...packets, at(30)])])
    expect(flows[0]).toMatchObject({
      src: A,
      srcPort: 5000,
      dstPort: 80,
      srcPackets: 4,
      dstPackets: 2,
      handshake: 'complete',
      end: 'closed',
      synCount: 1,
      synAckCount: 1,
      finCount: 2,
    })
  })

  it('joins echo and answer, with the Community ID of the specification', async () => {
    const echo = ethernet(ip({ src: '192.168.0.89', dst: '192.168.0.1' }, icmp(8, 0, 1)))
    const answer = ethernet(ip({ src: '192.168.0.1', dst: '192.168.0.89' }, icmp(0, 0, 1)))
    const { flows } = await run([writePcap([at(0, echo), at(0, answer)])])
    expect(flows).toMatchObject([
      { srcPackets: 1, dstPackets: 1, communityId: '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=' },
    ])
  })

  it('goes on with a flow in the next file, and shows files of another time in the order given', async () => {
    const files = [writePcap([at(0), at(10)]), writePcap([at(20)]), writePcap([at(-5000)])]
    const { flows, summary } = await run(files)
    expect(flows.map((flow) => flow.srcPackets)).toEqual([4])
    expect(summary).toMatchObject({
      packets: 4,
      firstSeen: '2023-11-14T20:50:00.000000Z',
      lastSeen: '2023-11-14T22:13:40.000000Z',
    })
  })

  it('counts packets that find no entry, by cause', async () => {
    const config = { ...CONFIG, flows: { ...CONFIG.flows, tableSize: 64 } }
    const packets = Array.from({ length: 100 }, (_, i) =>
      at(0, ethernet(ip({ src: A, dst: B }, udp(1000 + i, 53)))),
    )
    const { summary } = await run([writePcap(packets)], config)
    expect(summary).toMatchObject({ packets: 100, counted: 64, notCounted: { 'table full': 36 } })
  })

  it('counts both copies of a loopback packet once', async () => {
    const sll = (type: number) =>
      Buffer.concat([Uint8Array.of(0, type, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0), QUERY])
    const packets = [4, 0, 4, 0].map((type, i) => ({
      bytes: sll(type),
      seconds: START,
      nanos: i * 1000,
    }))
    const { summary } = await run([writePcap(packets, { linkType: 113 })])
    expect(summary).toMatchObject({
      packets: 4,
      counted: 2,
      notCounted: { 'seen at the other hook': 2 },
    })
  })
})

describe('problems', () => {
  it('prints what could be read of a cut file, and where it ends', async () => {
    const file = writePcap([at(0), at(1)])
    const { summary, ok } = await run([file.subarray(0, file.length - 1)])
    expect([summary.packets, summary.truncated, ok]).toEqual([1, true, true])
    expect(summary.problems).toMatchObject([
      { offset: 24 + 16 + 72, cause: expect.stringContaining('within a record') },
    ])
  })

  it('ends with what was read when it is stopped', async () => {
    const file = writePcap(Array.from({ length: 100 }, (_, second) => at(second)))
    let asked = 0
    const { summary } = await run([file, file], CONFIG, () => ++asked > 10)
    expect(summary.packets).toBeLessThan(20)
    expect(summary).toMatchObject({
      truncated: true,
      problems: [{ cause: 'stopped before its end' }],
    })
  })

  it('goes on with the next file', async () => {
    const { summary, ok } = await run([
      Buffer.from('this is not a capture at all, sorry'),
      writePcap([at(0)]),
    ])
    expect([summary.packets, summary.truncated, ok]).toEqual([1, true, true])
  })

  it('is not ok when nothing could be read', async () => {
    expect(await run([new Uint8Array(0)])).toMatchObject({
      ok: false,
      summary: { packets: 0, durationMs: 0 },
    })
  })

  it('is ok with a capture that holds no packet', async () => {
    expect(await run([writePcap([])])).toMatchObject({
      ok: true,
      summary: { packets: 0, flows: 0, truncated: false },
    })
    expect(await run([pcapngSection()])).toMatchObject({
      ok: true,
      summary: { packets: 0, truncated: false },
    })
  })
})
