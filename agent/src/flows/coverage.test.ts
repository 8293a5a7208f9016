/** Coverage: our counts against the interface's, in either unit that interfaces use. */
import { HOOK_COUNTERS, type HookCounters } from '@netscope/core/slot.ts'
import { describe, expect, it } from 'vitest'
import type { Interface } from '../source.ts'
import { coverageOf, createCoverageWatch, reconcile } from './coverage.ts'
import { Totals } from './totals.ts'

const NONE = Object.fromEntries(HOOK_COUNTERS.map((name) => [name, 0])) as HookCounters
const [INGRESS, EGRESS] = [0, 1]

const missingOf = (
  kind: Interface['kind'],
  direction: number,
  expected: [packets: number, bytes: number],
  flows: [packets: number, bytes: number],
  counters: Partial<HookCounters> = {},
) =>
  coverageOf([
    reconcile(
      kind,
      direction,
      { packets: expected[0], bytes: expected[1] },
      {
        flows: { packets: flows[0], bytes: flows[1] },
        counters: { ...NONE, ...counters },
      },
    ),
  ])

const WHOLE = { packets: 1, bytes: 1, missing: [] }

describe('coverage', () => {
  it('is whole when every packet is in a flow: Ethernet header added', () => {
    expect(missingOf('physical', INGRESS, [1000, 1000 * 114], [1000, 100_000])).toEqual(WHOLE)
  })

  it('is whole on an interface that counts buffers before segmentation (veth with TSO)', () => {
    // 100 buffers of 45 segments: 1448 bytes of payload each, 52 bytes of headers.
    const flows: [number, number] = [4500, 4500 * 1500]
    const counters = { segmentPackets: 4400, segmentBytes: 4400 * 52 }
    const expected: [number, number] = [100, 100 * (45 * 1448 + 52 + 14)]
    expect(missingOf('veth', EGRESS, expected, flows, counters)).toEqual(WHOLE)
  })

  it('is whole on an interface that counts wire packets after segmentation (a card with TSO)', () => {
    const counters = { segmentPackets: 4400, segmentBytes: 4400 * 52 }
    expect(
      missingOf('physical', EGRESS, [4500, 4500 * 1514], [4500, 4500 * 1500], counters),
    ).toEqual(WHOLE)
  })

  it('adds VLAN tags and padding', () => {
    const counters = { linkBytes: 1000 * 4 }
    expect(missingOf('veth', INGRESS, [1000, 1000 * 118], [1000, 100_000], counters)).toEqual(WHOLE)
  })

  it('expects no Ethernet header on a tunnel without one, and one on a tunnel with it', () => {
    expect(missingOf('tun', INGRESS, [1000, 100_000], [1000, 100_000])).toEqual(WHOLE)
    expect(missingOf('tunnel', INGRESS, [1000, 114_000], [1000, 100_000])).toEqual(WHOLE)
  })

  it('does not expect dropped packets in the counter of sent ones, but in that of received ones', () => {
    const counters = { droppedPackets: 200, droppedBytes: 20_000 }
    expect(missingOf('veth', EGRESS, [800, 800 * 114], [1000, 100_000], counters)).toEqual(WHOLE)
    expect(missingOf('veth', INGRESS, [1000, 114_000], [1000, 100_000], counters)).toEqual(WHOLE)
  })

  it('counts the other hook of lo as seen', () => {
    const counters = { hairpinPackets: 1000, hairpinBytes: 100_000 }
    expect(missingOf('loopback', INGRESS, [1000, 114_000], [0, 0], counters)).toEqual(WHOLE)
  })

  it('names what the flow entries do not hold, by cause', () => {
    const counters = {
      overflowPackets: 100,
      overflowBytes: 10_000,
      notIpPackets: 10,
      notIpBytes: 420,
      malformedPackets: 2,
      malformedBytes: 60,
    }
    const coverage = missingOf('veth', INGRESS, [1512, 1500 * 114 + 480], [900, 90_000], counters)
    expect(coverage.missing).toEqual([
      { cause: 'table full', packets: 100, bytes: 11_400 },
      { cause: 'not IP', packets: 10, bytes: 420 },
      { cause: 'malformed', packets: 2, bytes: 60 },
      { cause: 'unexplained', packets: 500, bytes: 57_000 },
    ])
    expect(coverage.packets).toBeCloseTo(900 / 1512)
  })

  it('takes a few packets in flight for nothing', () => {
    expect(missingOf('veth', INGRESS, [1005, 1005 * 114], [1000, 100_000])).toEqual(WHOLE)
  })

  it('says nothing about an interface without traffic', () => {
    expect(missingOf('veth', INGRESS, [0, 0], [0, 0])).toEqual({ missing: [] })
  })

  it('starts anew when an interface was attached again', () => {
    const totals = new Totals()
    const watch = createCoverageWatch({ hookCounters: () => [] }, totals)
    const at = (packets: number) => ({
      rxPackets: packets,
      rxBytes: packets * 114,
      txPackets: 0,
      txBytes: 0,
    })
    const one: Interface = {
      ifindex: 2,
      name: 'veth0',
      kind: 'veth',
      attached: 'tcx',
      leaf: true,
      before: at(0),
      now: at(1000),
    }
    const count = (packets: number) => {
      totals.cellPackets[totals.interfaceBase(2)]! += packets
      totals.cellBytes[totals.interfaceBase(2)]! += packets * 100
      totals.fold(1, [])
    }
    count(1000)
    watch.update([one], [])
    expect(watch.report().whole).toEqual(WHOLE)
    watch.update([{ ...one, before: at(5000), now: at(5000) }], [])
    count(100)
    watch.update([{ ...one, before: at(5000), now: at(5200) }], [])
    expect(watch.report().byIfindex.get(2)?.packets).toBe(0.5)
  })

  it('takes off no segments that were counted after the flows', () => {
    const totals = new Totals()
    const hook = (segmentPackets: number) => ({
      ifindex: 2,
      direction: 'INGRESS' as const,
      counters: { ...NONE, segmentPackets, segmentBytes: segmentPackets * 52 },
    })
    const watch = createCoverageWatch({ hookCounters: () => [hook(6600)] }, totals)
    totals.cellPackets[totals.interfaceBase(2)]! += 4500
    totals.cellBytes[totals.interfaceBase(2)]! += 4500 * 1500
    totals.fold(1, [])
    const before = { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0 }
    const now = { ...before, rxPackets: 100, rxBytes: 100 * 66 + 4500 * 1448 }
    watch.update(
      [{ ifindex: 2, name: 'veth0', kind: 'veth', attached: 'tcx', leaf: true, before, now }],
      [hook(4400)],
    )
    expect(watch.report().whole).toEqual(WHOLE)
  })
})
