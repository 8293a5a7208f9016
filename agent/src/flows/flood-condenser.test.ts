/** Floods are summed up by victim, nothing is lost by it, and what is an exchange keeps its own record. */
import { describe, expect, it } from 'vitest'
import {
  ACK,
  answer,
  flood,
  floodRig,
  recorded,
  RST,
  singles,
  summaries,
  syn,
  SYN_ACK,
  VICTIM,
} from './flood-rig.ts'
import { createTrackerRig } from './tracker-rig.ts'

describe('flood condenser', () => {
  it('sums up SYNs of many sources in a record per second, with what they have in common', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 5, perSecond: 2000 })
    await rig.tick(8)
    expect(summaries(rig).length).toBeLessThanOrEqual(7)
    const { flow } = summaries(rig).at(-1)!
    expect(flow).toMatchObject({
      src: '0.0.0.0',
      srcPort: 0,
      dst: VICTIM,
      dstPort: 80,
      protocol: 'TCP',
      interface: 'if2',
      direction: 'inbound',
      handshake: 'unanswered',
      condensed: 2000,
      srcPackets: 2000,
      srcBytes: 80_000,
      synCount: 2000,
      end: 'idle',
    })
    expect(flow.sources).toBeGreaterThan(9000)
    expect(flow.sources).toBeLessThan(11_000)
    expect(new Set(rig.live().map(({ slot }) => slot)).size).toBe(100)
  })

  it('loses nothing: all records together are what the kernel has counted', async () => {
    const rig = floodRig(3000)
    let packets = 0
    for (let round = 0; round < 4; round++) {
      packets += await flood(rig, { seconds: 3, perSecond: 2500, from: round * 10_000 })
      await rig.tick(round * 4)
    }
    await rig.flush()
    const { packets: overflow } = rig.totals.overflow()
    expect(overflow).toBeGreaterThan(0)
    expect(rig.totals.sum()).toEqual({ packets, bytes: 40 * packets })
    expect(recorded(rig)).toEqual({
      packets: packets - overflow,
      bytes: 40 * (packets - overflow),
      flows: packets - overflow,
    })
    expect(rig.table.free()).toBe(3000)
  })

  it('never sums up connections that are completed, however many', async () => {
    const rig = floodRig()
    for (let second = 0; second < 4; second++) {
      for (let i = 0; i < 1000; i++) {
        const packet = syn(second * 1000 + i)
        rig.table.packet(packet)
        rig.table.packet(answer(packet, SYN_ACK))
        // Every third one takes longer than until the next tick.
        if (i % 3 > 0) rig.table.packet({ ...packet, flags: ACK })
      }
      await rig.tick()
      for (let i = 0; i < 1000; i += 3) {
        const packet = syn(second * 1000 + i)
        rig.table.packet({ ...packet, flags: ACK })
      }
    }
    await rig.flush()
    expect(summaries(rig)).toEqual([])
    expect(singles(rig)).toHaveLength(4000)
  })

  it('keeps the records of connections to the same port during a flood', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 2, perSecond: 2000 })
    const real = syn(9, { src: '192.0.2.1', srcPort: 5000 })
    rig.table.packet(real)
    rig.table.packet(answer(real, SYN_ACK))
    rig.table.packet({ ...real, flags: ACK, bytes: 500 })
    const slow = syn(9, { src: '192.0.2.2', srcPort: 5001 })
    rig.table.packet(slow)
    await flood(rig, { seconds: 1, perSecond: 2000, from: 10_000 })
    expect(rig.reports.some(({ flow }) => flow.src === '192.0.2.2')).toBe(false)
    rig.table.packet(answer(slow, SYN_ACK))
    rig.table.packet({ ...slow, flags: ACK })
    await flood(rig, { seconds: 1, perSecond: 2000, from: 20_000 })
    const own = rig.live().filter(({ flow }) => flow.src.startsWith('192.0.2.'))
    expect(
      new Set(own.map(({ flow }) => `${flow.src} ${flow.handshake} ${flow.srcPackets}`)),
    ).toEqual(new Set(['192.0.2.1 complete 2', '192.0.2.2 complete 2']))
    await rig.flush()
    expect(singles(rig).filter(({ flow }) => flow.src.startsWith('192.0.2.'))).toHaveLength(2)
  })

  it('leaves the ports that a scanner asks for alone', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 5, perSecond: 2000 }, (i) =>
      syn(i, { src: `198.51.100.${i % 4}`, srcPort: 40_000, dstPort: 1 + i }),
    )
    await rig.flush()
    expect(summaries(rig)).toEqual([])
    expect(singles(rig)).toHaveLength(10_000)
  })

  it('keeps apart what the totals keep apart', async () => {
    const rig = floodRig()
    const [PASS, DROP] = [0, 1]
    await flood(rig, { seconds: 3, perSecond: 2000 }, (i) =>
      syn(i, { verdict: i % 2 === 0 ? PASS : DROP, ifindex: i % 4 < 2 ? 2 : 3 }),
    )
    await rig.flush()
    const kinds = new Map<string, number>()
    for (const { flow } of rig.ended()) {
      const kind = `${flow.interface} ${flow.verdict}`
      kinds.set(kind, (kinds.get(kind) ?? 0) + flow.srcPackets)
      if (flow.verdict === 'DROP') expect(flow.srcDroppedPackets).toBe(flow.srcPackets)
    }
    expect(Object.fromEntries(kinds)).toEqual({
      'if2 PASS': 1500,
      'if2 DROP': 1500,
      'if3 PASS': 1500,
      'if3 DROP': 1500,
    })
  })

  it('keeps what the uplink refuses, and tells of it once', async () => {
    const rig = floodRig()
    rig.accepts.ended = false
    const packets = await flood(rig, { seconds: 4, perSecond: 1000 })
    await rig.tick(8)
    expect(await rig.flush()).toBeGreaterThan(1000)
    expect(rig.ended()).toEqual([])
    rig.accepts.ended = true
    expect(await rig.flush()).toBe(0)
    expect(recorded(rig)).toEqual({ packets, bytes: 40 * packets, flows: packets })
  })

  it('does not report what it has taken when all live flows are asked for', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 1, perSecond: 1000 })
    rig.clear()
    rig.tracker.republish()
    await rig.tick()
    expect(new Set(rig.live().map(({ slot }) => slot)).size).toBe(100)
  })

  it('finds a second, smaller flood later, and counts its sources anew', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 3, perSecond: 5000 })
    await rig.tick(40)
    rig.clear()
    await flood(rig, { seconds: 3, perSecond: 300, from: 100_000 })
    await rig.tick(8)
    expect(summaries(rig).reduce((sum, { flow }) => sum + flow.condensed, 0)).toBe(800)
    expect(summaries(rig).at(-1)!.flow.sources).toBeLessThan(1000)
  })

  it('makes room soon: an ordinary flow finds an entry while a flood goes on, and is not given up for it', async () => {
    const rig = createTrackerRig({ tableSize: 5000, condenseAbove: 100 })
    const old = syn(9, { src: '192.0.2.1', srcPort: 5000 })
    rig.table.packet(old)
    rig.table.packet(answer(old, SYN_ACK))
    rig.table.packet({ ...old, flags: ACK })
    for (let second = 0; second < 20; second++) {
      await flood(rig, { seconds: 1, perSecond: 1200, from: 1200 * second })
      const real = syn(9, { src: '192.0.2.2', srcPort: 6000 + second })
      expect(rig.table.packet(real)).toBe(true)
      rig.table.packet(answer(real, SYN_ACK))
      rig.table.packet({ ...real, flags: ACK })
    }
    expect(rig.totals.overflow().packets).toBe(0)
    expect(rig.table.slotOf(old)).toBeDefined()
  })

  it('gives up what came to nothing before idle connections when the table is nearly full', async () => {
    const rig = createTrackerRig({ tableSize: 1000, condenseAbove: 0 })
    for (let i = 0; i < 300; i++) {
      const real = syn(i, { src: `192.0.2.${i % 200}`, srcPort: 5000 + i })
      rig.table.packet(real)
      rig.table.packet(answer(real, SYN_ACK))
      rig.table.packet({ ...real, flags: ACK })
    }
    await rig.tick(30)
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < 60; i++) rig.table.packet(syn(1000 * second + i))
      await rig.tick()
    }
    expect(rig.ended().length).toBeGreaterThan(500)
    expect(rig.ended().filter(({ flow }) => flow.handshake === 'complete')).toEqual([])
  })

  it('says how many packets of its kind found no entry', async () => {
    const rig = floodRig(1000)
    await flood(rig, { seconds: 4, perSecond: 3000 })
    await rig.tick(6)
    const { packets } = rig.totals.overflow()
    expect(packets).toBeGreaterThan(5000)
    expect(summaries(rig).reduce((sum, { overflow }) => sum + overflow, 0)).toBe(packets)
  })

  it('leaves alone what stays below the limit', async () => {
    const rig = floodRig()
    await flood(rig, { seconds: 5, perSecond: 100 })
    for (let i = 0; i < 500; i++) rig.table.packet(answer(syn(i), RST | ACK))
    await rig.flush()
    expect(summaries(rig)).toEqual([])
  })
})
