/** Exact totals: with a table that is far too small, and under random traffic. */
import { describe, expect, it } from 'vitest'
import type { FakePacket } from './fake-flow-table.ts'
import { createTrackerRig } from './tracker-rig.ts'

const DNS = { src: '10.0.0.1', dst: '10.0.0.9', srcPort: 5353, dstPort: 53, protocol: 17 }

describe('flow tracker', () => {
  it('keeps totals exact and memory bounded with 1,000 entries and 50,000 flows', async () => {
    const rig = createTrackerRig({ tableSize: 1000, udpIdleSeconds: 3 })
    let packets = 0
    for (let second = 0; second < 25; second++) {
      for (let i = 0; i < 2000; i++) {
        const flow = second * 2000 + i
        const packet = { ...DNS, src: `10.1.${(flow >> 8) & 255}.${flow & 255}`, srcPort: flow }
        rig.table.packet(packet)
        rig.table.packet(packet)
        packets += 2
      }
      await rig.tick()
      expect(rig.totals.sum()).toEqual({ packets, bytes: packets * 100 })
    }
    expect(rig.totals.overflow().packets).toBeGreaterThan(0)
    await rig.flush()
    const reported = rig
      .ended()
      .reduce((sum, { flow }) => sum + flow.srcPackets + flow.dstPackets, 0)
    expect(reported + rig.totals.overflow().packets).toBe(packets)
    expect(rig.table.free()).toBe(1000)
  })

  it('counts on in a flow of more than 2^48 bytes', async () => {
    const rig = createTrackerRig()
    const back = { src: DNS.dst, dst: DNS.src, srcPort: 53, dstPort: 5353, protocol: 17 }
    rig.table.packet({ ...DNS, bytes: 2 ** 48 - 50 })
    rig.table.packet({ ...back, bytes: 70 })
    await rig.tick()
    for (let second = 0; second < 3; second++) {
      rig.table.packet(DNS)
      rig.table.packet(back)
      await rig.tick()
    }
    expect(rig.totals.sum()).toEqual({ packets: 8, bytes: 2 ** 48 - 50 + 70 + 600 })
  })

  it('adds up under random traffic: last records + live slots = totals, at every tick', async () => {
    const rig = createTrackerRig({
      tableSize: 200,
      udpIdleSeconds: 3,
      tcpIdleSeconds: 4,
      closedLingerSeconds: 1,
      liveUpdatesPerSecond: 20,
    })
    const random = seeded(42)
    let sent = 0
    for (let second = 0; second < 120; second++) {
      rig.accepts.live = random() > 0.2
      rig.accepts.ended = random() > 0.2
      for (let i = Math.floor(random() * 200); i > 0; i--) {
        const packet = randomPacket(random)
        const slot = rig.table.slotOf(packet)
        sent += packet.packets!
        rig.table.packet(packet)
        if (slot !== undefined && random() < 0.02) rig.table.loseRace(packet)
      }
      await rig.tick()
      const ended = rig
        .ended()
        .reduce((sum, { flow }) => sum + flow.srcPackets + flow.dstPackets, 0)
      const sum = rig.totals.sum().packets
      expect(sum).toBe(sent)
      expect(ended + rig.table.held().packets + rig.totals.overflow().packets).toBe(sum)
    }
    const drops = rig.totals.rows().filter(({ action }) => action === 'DROP')
    expect(drops.length).toBeGreaterThan(0)
    rig.accepts.live = rig.accepts.ended = true
    expect(await rig.flush()).toBe(0)
    expect(rig.table.held().packets).toBe(0)
  })
})

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 4294967296
}

const randomPacket = (random: () => number): FakePacket => {
  const tcp = random() < 0.5
  const back = random() < 0.4
  const client = {
    src: `10.0.0.${Math.floor(random() * 8)}`,
    srcPort: 1000 + Math.floor(random() * 40),
  }
  return {
    ...(back
      ? { dst: client.src, dstPort: client.srcPort, src: '10.9.9.9', srcPort: 80 }
      : { ...client, dst: '10.9.9.9', dstPort: 80 }),
    protocol: tcp ? 6 : 17,
    flags: tcp ? [2, 16, 17, 20, 16][Math.floor(random() * 5)]! : 0,
    packets: 1 + Math.floor(random() * 40),
    bytes: Math.floor(random() * 1e9),
    verdict: random() < 0.1 ? 1 : 0,
    egress: back,
  }
}
