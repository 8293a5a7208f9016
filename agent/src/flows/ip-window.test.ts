/** The 60 s window per source address: what it counts, and that spoofed sources don't get in the way. */
import { SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { describe, expect, it } from 'vitest'
import { Activity } from './activity.ts'
import { IpWindow } from './ip-window.ts'
import { MAX_PORTS } from './port-pairs.ts'
import { createTrackerRig } from './tracker-rig.ts'

const CLIENT = '10.0.0.1'
const TO_SERVER = { src: CLIENT, dst: '10.0.0.2', srcPort: 40000, dstPort: 80 }
const FROM_SERVER = { src: '10.0.0.2', dst: CLIENT, srcPort: 80, dstPort: 40000, egress: true }

describe('IP window', () => {
  it('counts what each source sent, per second of the window', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ ...TO_SERVER, flags: 2 })
    rig.table.packet({ ...FROM_SERVER, flags: 18, bytes: 50 })
    await rig.tick()
    for (let i = 0; i < 8; i++) rig.table.packet({ ...TO_SERVER, flags: 16 })
    await rig.tick()
    expect(rig.ipWindow.top(10)).toEqual([
      {
        ip: CLIENT,
        packetsPerSecond: 4.5,
        bytesPerSecond: 450,
        uniqueDstPorts: 1,
        synCount: 1,
        synAckCount: 0,
      },
      {
        ip: '10.0.0.2',
        packetsPerSecond: 0.5,
        bytesPerSecond: 25,
        uniqueDstPorts: 1,
        synCount: 0,
        synAckCount: 1,
      },
    ])
    expect(rig.ipWindow.active()).toEqual({ addresses: 2, atLeast: false })
  })

  it('forgets after 60 s', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ ...TO_SERVER, flags: 2 })
    await rig.tick(54)
    expect(rig.ipWindow.active().addresses).toBe(1)
    await rig.tick(7)
    expect(rig.ipWindow.active().addresses).toBe(0)
    rig.table.packet(TO_SERVER)
    await rig.tick()
    expect(rig.ipWindow.top(1)[0]).toMatchObject({ synCount: 0 })
  })

  it('counts distinct destination ports over flows, once each, and forgets old ones', async () => {
    const rig = createTrackerRig()
    for (let port = 1; port <= 200; port++) rig.table.packet({ ...TO_SERVER, dstPort: port })
    await rig.tick()
    for (let port = 1; port <= 200; port++)
      rig.table.packet({ ...TO_SERVER, dstPort: port, srcPort: 2 })
    await rig.tick()
    expect(rig.ipWindow.top(1)[0]).toMatchObject({ ip: CLIENT, uniqueDstPorts: 200 })
    for (let second = 0; second < 70; second++) {
      rig.table.packet(TO_SERVER)
      await rig.tick()
    }
    expect(rig.ipWindow.top(1)[0]).toMatchObject({ ip: CLIENT, uniqueDstPorts: 1 })
  })

  it('leaves out ICMP and later fragments, which have no ports', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ src: CLIENT, dst: '10.0.0.2', srcPort: 8, protocol: 1 })
    rig.table.packet({ src: CLIENT, dst: '10.0.0.2', protocol: 17, fragment: true })
    await rig.tick()
    expect(rig.ipWindow.top(1)[0]).toMatchObject({ ip: CLIENT, uniqueDstPorts: 0 })
  })

  it('stops at its bound of ports per address', async () => {
    const rig = createTrackerRig({ tableSize: 6000 })
    for (let port = 1; port <= 5000; port++) rig.table.packet({ ...TO_SERVER, dstPort: port })
    await rig.tick()
    expect(rig.ipWindow.top(1)[0]).toMatchObject({ uniqueDstPorts: MAX_PORTS })
  })

  it('finds an address of IPv6', async () => {
    const rig = createTrackerRig()
    rig.table.packet({ src: '2001:db8::1', dst: '2001:db8::2', srcPort: 1, dstPort: 2 })
    await rig.tick()
    const address = Uint8Array.from([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(rig.ipWindow.of(address)).toMatchObject({ ip: '2001:db8::1' })
    expect(rig.ipWindow.of(new Uint8Array(16))).toBeUndefined()
  })

  it('keeps talkers, finds new ones and estimates the rest under 1,000,000 spoofed sources', () => {
    const flood = createFlood(16384)
    for (let i = 1; i <= 100; i++) flood.send(i, 50)
    flood.second()
    for (let second = 0; second < 20; second++) {
      for (let i = 1; i <= 100; i++) flood.send(i, 5)
      for (let i = 0; i < 50_000; i++) flood.send(1_000_000 + second * 50_000 + i, 1)
      if (second >= 10) for (let i = 201; i <= 210; i++) flood.send(i, 20)
      flood.second()
    }
    const top = flood.window.top(110)
    const numbers = top.map(({ ip }) => Number(ip.split('.')[3]))
    expect(new Set(numbers)).toEqual(new Set([...range(1, 100), ...range(201, 210)]))
    const { addresses, atLeast } = flood.window.active()
    expect(atLeast).toBe(true)
    expect(addresses).toBeGreaterThan(940_000)
    expect(addresses).toBeLessThan(1_000_210)
  })

  it('says the exact number again once the flood has left the window', () => {
    const flood = createFlood(64)
    for (let i = 0; i < 1000; i++) flood.send(1_000_000 + i, 1)
    flood.second()
    expect(flood.window.active().atLeast).toBe(true)
    for (let second = 0; second < 70; second++) {
      flood.send(1, 1)
      flood.second()
    }
    expect(flood.window.active()).toEqual({ addresses: 1, atLeast: false })
  })
})

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Feeds the window with packets of IPv4 sources given as numbers, each from a slot of its own. */
const createFlood = (maxAddresses: number) => {
  const slots = 512
  const memory = new Uint8Array(slots * SLOT_BYTES)
  const view = new DataView(memory.buffer)
  const window = new IpWindow({ maxAddresses, seed: 1 }, new Uint32Array(memory.buffer), slots)
  const activity = new Activity()
  let slot = 0
  let second = 0
  const hand = () => {
    window.take(activity)
    for (let i = 0; i < slot; i++) window.forget(i)
    activity.clear()
    slot = 0
  }
  window.advance(0)
  return {
    window,
    send(source: number, packets: number) {
      const key = slot * SLOT_BYTES + SLOT.key
      view.setUint16(key + 10, 0xffff)
      view.setUint32(key + 12, source)
      activity.sender[activity.count] = 2 * slot
      activity.packets[activity.count] = packets
      activity.bytes[activity.count++] = 100 * packets
      slot++
      if (slot === slots) hand()
    },
    second() {
      hand()
      second++
      window.advance(second)
    },
  }
}
