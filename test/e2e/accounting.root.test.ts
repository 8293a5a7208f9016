/** What we count equals what the interface counts: TCP with and without offloads, UDP, IPv6, VLAN. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '@netscope/core/flow.ts'
import { ethernet, ip, udp } from '../../agent/src/mock/packet.ts'
import { createLab, HERE, sleep, THERE, until } from './lab.ts'

const ETHERNET_BYTES = 14
const TAG_BYTES = 4

const sum = (flows: Flow[]) =>
  flows.reduce(
    (all, flow) => ({
      packets: all.packets + flow.srcPackets + flow.dstPackets,
      bytes: all.bytes + flow.srcBytes + flow.dstBytes,
    }),
    { packets: 0, bytes: 0 },
  )

describe('accounting on a real link', () => {
  const lab = createLab()
  beforeAll(async () => {
    lab.up()
    await lab.netscope()
    lab.startThere('iperf3 -s')
    await until(
      () => lab.there('ss -tlnH'),
      (text) => text.includes(':5201'),
    )
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  const offload = (state: 'on' | 'off') => {
    for (const run of [lab.here, lab.there]) {
      for (const name of [HERE.interface, THERE.interface]) {
        run(`ethtool -K ${name} tso ${state} gso ${state} gro ${state} 2>/dev/null || true`)
      }
    }
  }
  /** Of all flows, once there are more than `more` packets and what is counted moves no more. */
  const settled = async (query: string, more: number) => {
    let last = -1
    return until(
      async () => {
        await sleep(1200)
        return sum(lab.flows(`state=all&${query}`).flows)
      },
      ({ packets }) => {
        const isSettled = packets > more && packets === last
        last = packets
        return isSettled
      },
    )
  }
  /** Runs iperf3 and compares all flows of the interface with its counters, in bytes and packets. */
  const measure = async (args: string, query: string) => {
    // What the test before has sent is settled.
    const [flowsBefore, before] = [sum(lab.flows(`state=all&${query}`).flows), lab.counters()]
    lab.here(`iperf3 -c ${args}`)
    const [flowsAfter, after] = [await settled(query, flowsBefore.packets), lab.counters()]
    return {
      ours: {
        packets: flowsAfter.packets - flowsBefore.packets,
        bytes: flowsAfter.bytes - flowsBefore.bytes,
      },
      theirs: {
        packets: after.rxPackets + after.txPackets - before.rxPackets - before.txPackets,
        bytes: after.rxBytes + after.txBytes - before.rxBytes - before.txBytes,
      },
    }
  }
  const on = `interface=${HERE.interface}`
  const within = (ours: number, theirs: number) =>
    expect(Math.abs(ours - theirs) / theirs).toBeLessThan(0.001)

  it.each([
    ['TCP without offloads', `${THERE.v4} -t 2`],
    ['TCP over IPv6 without offloads', `${THERE.v6} -6 -t 2`],
    ['UDP', `${THERE.v4} -u -b 200M -l 1000 -t 2`],
  ])('%s: packets and bytes equal the interface counters', async (_name, args) => {
    offload('off')
    const { ours, theirs } = await measure(args, on)
    within(ours.packets, theirs.packets)
    within(ours.bytes + ETHERNET_BYTES * ours.packets, theirs.bytes)
    expect(theirs.packets).toBeGreaterThan(1000)
  })

  it('TCP with offloads: we count wire packets, so that the same transfer has as many as without', async () => {
    offload('on')
    const { ours, theirs } = await measure(`${THERE.v4} -n 100M`, on)
    // The interface counts super-packets of up to 64 KiB: of their segments 2..n the headers are on no counter.
    const segmentHeader = 20 + 32 // IPv4, TCP with timestamps
    const onTheWire =
      theirs.bytes -
      ETHERNET_BYTES * theirs.packets +
      segmentHeader * (ours.packets - theirs.packets)
    expect(ours.packets).toBeGreaterThan(theirs.packets * 3)
    within(ours.bytes, onTheWire)
  })

  it('says so as coverage, with and without offloads', async () => {
    const status = await until(
      () => lab.status(),
      ({ interfaces }) =>
        interfaces.some(
          (one) => one.name === HERE.interface && one.coverage?.packets !== undefined,
        ),
    )
    const { coverage } = status.interfaces.find(({ name }) => name === HERE.interface) ?? {}
    expect(coverage?.packets).toBeGreaterThan(0.999)
    expect(coverage?.bytes).toBeGreaterThan(0.999)
    expect(coverage?.packets).toBeLessThanOrEqual(1)
  })

  it('counts tagged frames by VLAN, and QinQ by both', async () => {
    const packet = ip({ src: '10.78.0.2', dst: '10.78.0.1' }, udp(1000, 2000, new Uint8Array(400)))
    const before = lab.counters()
    lab.sendFrames([ethernet(packet, { vlans: [42] }), ethernet(packet, { vlans: [7, 8] })], 500)
    const page = await until(
      () => lab.flows(`${on}&ip=10.78.0.2`),
      ({ flows }) => flows.length === 2 && flows.every(({ srcPackets }) => srcPackets === 500),
    )
    expect(page.flows.map(({ vlan, innerVlan }) => [vlan, innerVlan]).sort()).toEqual([
      [42, 0],
      [7, 8],
    ])
    expect(page.flows.map(({ srcBytes }) => srcBytes)).toEqual([
      500 * packet.length,
      500 * packet.length,
    ])
    const [bytes, tags] = [lab.counters().rxBytes - before.rxBytes, 3 * 500 * TAG_BYTES]
    within(1000 * (packet.length + ETHERNET_BYTES) + tags, bytes)
  })
})
