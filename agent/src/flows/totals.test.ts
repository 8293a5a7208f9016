/** Host totals: each packet of the machine once, by verdict. */
import { describe, expect, it } from 'vitest'
import type { Interface } from '../source.ts'
import type { FakePacket } from './fake-flow-table.ts'
import { Totals } from './totals.ts'
import { createTrackerRig } from './tracker-rig.ts'

const COUNTERS = { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0 }
const PACKET: FakePacket = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1, dstPort: 2 }

const interfaceOf = (ifindex: number, leaf: boolean): Interface => ({
  ifindex,
  name: `if${ifindex}`,
  kind: leaf ? 'veth' : 'bridge',
  attached: 'tcx',
  leaf,
  before: COUNTERS,
  now: COUNTERS,
})

describe('totals', () => {
  it('counts a forwarded packet once: at ingress of a leaf, not at egress, not on the bridge', async () => {
    const rig = createTrackerRig()
    rig.totals.setInterfaces([interfaceOf(2, true), interfaceOf(3, true), interfaceOf(4, false)])
    rig.table.packet({ ...PACKET, ifindex: 2 })
    rig.table.packet({ ...PACKET, ifindex: 4 })
    rig.table.packet({ ...PACKET, ifindex: 3, egress: true, forwarded: true })
    rig.table.packet({ ...PACKET, ifindex: 3, dstPort: 9, egress: true })
    await rig.tick()
    expect(rig.totals.rows()).toEqual([
      { protocol: 'TCP', direction: 'INGRESS', action: 'PASS', packets: 1, bytes: 100 },
      { protocol: 'TCP', direction: 'EGRESS', action: 'PASS', packets: 1, bytes: 100 },
    ])
    expect(rig.totals.hook(3, 1)).toEqual({ packets: 2, bytes: 200 })
    expect(rig.totals.hook(4, 0)).toEqual({ packets: 1, bytes: 100 })
    expect(rig.totals.lastSecond).toMatchObject({ rxPackets: 1, txPackets: 1, rxBytes: 100 })
  })

  it('counts everything where no attached interface is a leaf', async () => {
    const rig = createTrackerRig()
    rig.totals.setInterfaces([interfaceOf(4, false)])
    rig.table.packet({ ...PACKET, ifindex: 4 })
    rig.table.packet({ ...PACKET, ifindex: 4, dstPort: 9, egress: true, forwarded: true })
    await rig.tick()
    expect(rig.totals.sum().packets).toBe(2)
  })

  it('keeps hooks apart for ever, however many interfaces come and go', async () => {
    const rig = createTrackerRig()
    for (let ifindex = 10; ifindex < 2000; ifindex++) {
      rig.totals.setInterfaces([interfaceOf(2, true), interfaceOf(ifindex, true)])
    }
    rig.table.packet({ ...PACKET, ifindex: 1999 })
    await rig.tick()
    expect(rig.totals.hook(1999, 0)).toEqual({ packets: 1, bytes: 100 })
    expect(rig.totals.hook(2, 0)).toEqual({ packets: 0, bytes: 0 })
  })

  it('does not take back what was counted when an interface stops being a leaf', async () => {
    const rig = createTrackerRig()
    rig.totals.setInterfaces([interfaceOf(2, true), interfaceOf(3, true)])
    rig.table.packet({ ...PACKET, ifindex: 2 })
    await rig.tick()
    rig.totals.setInterfaces([interfaceOf(2, false), interfaceOf(3, true)])
    rig.table.packet({ ...PACKET, ifindex: 2 })
    await rig.tick()
    expect(rig.totals.sum().packets).toBe(1)
  })

  it('puts dropped packets into DROP and those that passed before into PASS', async () => {
    const rig = createTrackerRig()
    for (let i = 0; i < 5; i++) rig.table.packet(PACKET)
    for (let i = 0; i < 3; i++) rig.table.packet({ ...PACKET, verdict: 1 })
    await rig.tick()
    rig.table.packet({ ...PACKET, verdict: 2 })
    await rig.tick()
    const byAction = Object.fromEntries(rig.totals.rows().map((row) => [row.action, row.packets]))
    expect(byAction).toEqual({ PASS: 5, DROP: 3, SKIP: 1 })
  })

  it('finds drops of a flow whose verdict was DROP only between two ticks, at its end at the latest', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ ...PACKET, verdict: 1 })
    rig.table.packet({ ...PACKET, verdict: 0 })
    await rig.flush()
    const byAction = Object.fromEntries(rig.totals.rows().map((row) => [row.action, row.packets]))
    expect(byAction).toEqual({ PASS: 1, DROP: 1 })
  })

  it('adds the packets that found no entry, by verdict', async () => {
    const rig = createTrackerRig({ tableSize: 1 })
    rig.table.packet(PACKET)
    rig.table.packet({ ...PACKET, srcPort: 7, egress: true, verdict: 1, protocol: 17 })
    await rig.tick()
    expect(rig.totals.rows()).toContainEqual({
      protocol: 'UDP',
      direction: 'EGRESS',
      action: 'DROP',
      packets: 1,
      bytes: 100,
    })
    expect(rig.totals.overflow()).toEqual({ packets: 1, bytes: 100 })
    expect(rig.totals.lastSecond.droppedPackets).toBe(1)
  })

  it('averages over the time since start, then over the last 60 s', () => {
    const totals = new Totals()
    const base = totals.interfaceBase(2)
    for (let second = 0; second < 100; second++) {
      totals.cellPackets[base]! += second < 50 ? 100 : 10
      totals.fold(1, [])
      if (second === 9) expect(totals.average().packets).toBe(100)
    }
    expect(totals.average().packets).toBeCloseTo((10 * 100 + 50 * 10) / 60)
  })

  it('keeps counting when there are more interfaces than it tells apart', () => {
    const totals = new Totals()
    for (let ifindex = 1; ifindex <= 2000; ifindex++)
      totals.cellPackets[totals.interfaceBase(ifindex)]! += 1
    totals.fold(1, [])
    expect(totals.sum().packets).toBe(2000)
  })
})
