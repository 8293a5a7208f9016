/** The tracker: ends, stragglers, orphans, rates, backpressure, exact totals. */
import { describe, expect, it } from 'vitest'
import { createTrackerRig } from './tracker-rig.ts'

const WEB = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 80 }
const BACK = { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 80, dstPort: 40000, egress: true }
const DNS = { src: '10.0.0.1', dst: '10.0.0.9', srcPort: 5353, dstPort: 53, protocol: 17 }
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16]

describe('flow tracker', () => {
  it('reports a new flow at the first tick that sees it, with its rates', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ ...WEB, flags: SYN, bytes: 60 })
    rig.table.packet({ ...BACK, flags: SYN | ACK, bytes: 50 })
    await rig.tick()
    expect(rig.reports).toHaveLength(1)
    const { flow } = rig.reports[0]!
    expect(flow).toMatchObject({
      src: '10.0.0.1',
      dst: '10.0.0.2',
      srcPort: 40000,
      dstPort: 80,
      protocol: 'TCP',
      handshake: 'complete',
      srcPackets: 1,
      dstPackets: 1,
      srcBytesPerSecond: 60,
      dstBytesPerSecond: 50,
      end: '',
    })
  })

  it('reports a flow that falls silent once more, with rate 0, and then no more', async () => {
    const rig = createTrackerRig()
    rig.table.packet(WEB)
    await rig.tick(3)
    expect(rig.reports.map(({ flow }) => flow.srcBytesPerSecond)).toEqual([100, 0])
    await rig.tick(30)
    expect(rig.reports).toHaveLength(2)
  })

  it('divides by the time that has passed for rates', async () => {
    const rig = createTrackerRig()
    rig.table.packet(WEB)
    await rig.tracker.tick(1e9)
    rig.table.packet({ ...WEB, bytes: 1000 })
    await rig.tracker.tick(5e9)
    expect(rig.reports[1]!.flow.srcBytesPerSecond).toBe(250)
  })

  it('gives no slot back while its key could not be removed', async () => {
    const rig = createTrackerRig({ udpIdleSeconds: 3 })
    const { remove, recycle } = rig.table
    rig.table.packet(DNS)
    await rig.tick(3)
    rig.table.remove = () => {
      throw new Error('EBUSY')
    }
    await expect(rig.tick()).rejects.toThrow('EBUSY')
    await expect(rig.tick()).rejects.toThrow('EBUSY')
    expect(rig.table.free()).toBe(999)
    rig.table.remove = remove
    rig.table.recycle = (slots, count) => {
      expect(rig.table.slotOf(DNS)).toBeUndefined()
      recycle(slots, count)
    }
    await rig.tick(2)
    expect(rig.table.free()).toBe(1000)
    expect(rig.ended()).toHaveLength(1)
  })

  it('ends an idle flow by the time-out of its protocol, one tick after its key has gone', async () => {
    const rig = createTrackerRig({ udpIdleSeconds: 10 })
    rig.table.packet(DNS)
    rig.table.packet(WEB)
    await rig.tick(10)
    expect(rig.table.slotOf(DNS)).toBe(0)
    await rig.tick()
    expect(rig.table.slotOf(DNS)).toBeUndefined()
    expect(rig.ended()).toHaveLength(0)
    await rig.tick()
    expect(rig.ended().map(({ flow }) => [flow.protocol, flow.end])).toEqual([['UDP', 'idle']])
    expect(rig.tracker.stats()).toMatchObject({ activeFlows: 1, used: 1 })
    expect(rig.table.free()).toBe(999)
  })

  it.each([
    { name: 'both FINs', flags: [FIN | ACK, FIN | ACK], end: 'closed' },
    { name: 'a RST', flags: [ACK, RST], end: 'reset' },
  ])('ends a TCP flow after $name and the linger time', async ({ flags, end }) => {
    const rig = createTrackerRig({ closedLingerSeconds: 3 })
    rig.table.packet({ ...WEB, flags: flags[0]! })
    rig.table.packet({ ...BACK, flags: flags[1]! })
    await rig.tick(3)
    expect(rig.table.slotOf(WEB)).toBeDefined()
    await rig.tick(2)
    expect(rig.ended().map(({ flow }) => flow.end)).toEqual([end])
  })

  it('keeps a half-closed connection', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ ...WEB, flags: FIN | ACK })
    rig.table.packet({ ...BACK, flags: ACK })
    await rig.tick(20)
    expect(rig.ended()).toHaveLength(0)
  })

  it('counts stragglers that reach the slot after its key was removed', async () => {
    const rig = createTrackerRig({ udpIdleSeconds: 2 })
    rig.table.packet(DNS)
    await rig.tick(3)
    rig.table.straggle(0, { ...DNS, packets: 3, bytes: 300 })
    rig.table.packet({ ...DNS, bytes: 11 })
    await rig.tick()
    expect(rig.ended()[0]!.flow).toMatchObject({ srcPackets: 4, srcBytes: 400 })
    expect(rig.totals.sum()).toEqual({ packets: 5, bytes: 411 })
    expect(rig.tracker.stats().activeFlows).toBe(1)
  })

  it('takes back the slot of a program that lost the race for its key', async () => {
    const rig = createTrackerRig({ tableSize: 64 })
    rig.table.packet(WEB)
    rig.table.loseRace(WEB)
    await rig.tick()
    expect(rig.table.free()).toBe(63)
    expect(rig.tracker.stats()).toMatchObject({ activeFlows: 1, orphans: 1 })
    expect(rig.reports).toHaveLength(1)
  })

  it('starts from zero when a slot is used again', async () => {
    const rig = createTrackerRig({ tableSize: 1, udpIdleSeconds: 1 })
    rig.table.packet({ ...DNS, packets: 7 })
    await rig.tick(4)
    rig.clear()
    rig.table.packet({ ...DNS, srcPort: 1 })
    await rig.tick()
    expect(rig.reports[0]!.flow).toMatchObject({ srcPackets: 1, srcBytesPerSecond: 100 })
    expect(rig.totals.sum().packets).toBe(8)
  })

  it('counts past 2^32 bytes', async () => {
    const rig = createTrackerRig()
    let bytes = 0
    for (const step of [4294967290, 10, 9e9, 1]) {
      rig.table.packet({ ...WEB, bytes: step })
      bytes += step
      await rig.tick()
      expect(rig.totals.sum().bytes).toBe(bytes)
    }
  })

  it('offers a refused live record again and keeps an ended one until it is taken', async () => {
    const rig = createTrackerRig({ udpIdleSeconds: 2 })
    rig.accepts.live = rig.accepts.ended = false
    rig.table.packet(DNS)
    await rig.tick()
    expect(rig.tracker.stats().blocked).toBe(true)
    rig.accepts.live = true
    await rig.tick()
    expect(rig.live()).toHaveLength(1)
    await rig.tick(5)
    expect(rig.ended()).toHaveLength(0)
    expect(rig.table.free()).toBe(999)
    rig.accepts.ended = true
    await rig.tick()
    expect(rig.ended()).toHaveLength(1)
    expect(rig.table.free()).toBe(1000)
    expect(rig.totals.sum().packets).toBe(1)
  })

  it('reports flows that sent one packet while the listener took none, as soon as it does', async () => {
    const rig = createTrackerRig({ tableSize: 5000, liveUpdatesPerSecond: 1 })
    rig.accepts.live = false
    for (let i = 0; i < 4000; i++) rig.table.packet({ ...DNS, srcPort: 1000 + i })
    await rig.tick()
    rig.accepts.live = true
    await rig.tick()
    expect(new Set(rig.live().map(({ flow }) => flow.srcPort)).size).toBe(4000)
  })

  it('reports the heaviest flows each second and every other active one within 10 s', async () => {
    const rig = createTrackerRig({ liveUpdatesPerSecond: 5 })
    const lastSeen = new Map<number, number>()
    for (let second = 1; second <= 40; second++) {
      for (let i = 0; i < 100; i++) {
        rig.table.packet({ ...DNS, srcPort: 1000 + i, bytes: i >= 95 ? 100_000 : 100 })
      }
      rig.clear()
      await rig.tick()
      const heavy = rig.reports.filter(({ flow }) => flow.srcPort >= 1095)
      if (second > 2) expect(heavy).toHaveLength(5)
      for (const { flow } of rig.reports) {
        expect(second - (lastSeen.get(flow.srcPort) ?? second)).toBeLessThanOrEqual(10)
        lastSeen.set(flow.srcPort, second)
      }
    }
    expect(Math.min(...lastSeen.values())).toBeGreaterThanOrEqual(31)
  })

  it('reports all live flows again to a listener that knows none', async () => {
    const rig = createTrackerRig({ liveUpdatesPerSecond: 1 })
    for (let i = 0; i < 50; i++) rig.table.packet({ ...DNS, srcPort: 1000 + i })
    await rig.tick(30)
    rig.clear()
    rig.table.packet({ ...DNS, srcPort: 1000 })
    rig.tracker.republish()
    await rig.tick()
    expect(rig.reports).toHaveLength(50)
  })

  it('flushes: all flows end as forced and all slots are free again', async () => {
    const rig = createTrackerRig()
    for (let i = 0; i < 100; i++) rig.table.packet({ ...DNS, srcPort: 1000 + i })
    await rig.tick()
    rig.table.packet(WEB)
    expect(await rig.flush()).toBe(0)
    expect(rig.ended()).toHaveLength(101)
    expect(new Set(rig.ended().map(({ flow }) => flow.end))).toEqual(new Set(['forced']))
    expect(rig.table.free()).toBe(1000)
    expect(rig.totals.sum().packets).toBe(101)
  })

  it('says how many last records wait when nobody takes them at a flush', async () => {
    const rig = createTrackerRig()
    rig.table.packet(WEB)
    rig.accepts.ended = false
    expect(await rig.flush()).toBe(1)
    rig.accepts.ended = true
    await rig.tick()
    expect(rig.ended()).toHaveLength(1)
  })

  it('gives up the longest idle flows first when the table is nearly full', async () => {
    const rig = createTrackerRig({ tableSize: 100 })
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) rig.table.packet({ ...DNS, srcPort: i })
    }
    send(0, 20)
    await rig.tick(3)
    send(20, 95)
    await rig.tick(2)
    for (let i = 0; i < 4; i++) {
      send(40, 95)
      await rig.tick()
    }
    const gone = rig.ended().map(({ flow }) => flow.srcPort)
    expect(gone.length).toBeGreaterThanOrEqual(15)
    expect(Math.max(...gone)).toBeLessThan(20)
  })
})
