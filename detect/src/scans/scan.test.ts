/** Scans. */
import { describe, expect, it } from 'vitest'
import { answered, createDetectorRig, flowStep, refused, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { scanKind } from './scan.ts'
import { at, INSIDE, many, OUTSIDE, play, ping, TARGET, udp } from './scan-rig.ts'

it('finds a scanner inside among a thousand invented sources outside', () => {
  const invented = many(1100 * 7, (i) => {
    const n = Math.floor(i / 7)
    return refused({
      src: `198.18.${n >> 8}.${n & 255}`,
      dst: `10.1.${n >> 8}.${n & 255}`,
      dstPort: 1000 + (i % 7),
      timeMs: at(i, 1),
    })
  })
  const inside = many(499, (i) =>
    refused({ src: INSIDE, dst: TARGET, dstPort: 1 + i, timeMs: at(8000 + i, 1) }),
  )
  expect(play([...invented, ...inside]).keys()).toContain(`${INSIDE} syn`)
})

describe('a scan of ports', () => {
  it('is found by ports that refuse, once', () => {
    const rig = play(
      many(1000, (i) => refused({ src: INSIDE, dst: TARGET, dstPort: 1 + i, timeMs: at(i) })),
    )
    expect(rig.keys()).toEqual(['10.0.0.7 syn'])
    expect(rig.findings[0]).toMatchObject({
      title: '10.0.0.7 scans 10.0.0.9 (TCP connect or SYN)',
      severity: 60,
      technique: 'T1046',
      direction: 'internal',
      target: { ip: TARGET },
    })
    expect(rig.findings.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(1000)
    expect(rig.findings[0]!.evidence.reason).toMatch(/4\^\d+ = \d+ to 1, threshold 99/)
  })

  it('is found within 3 s where nothing answers', () => {
    const rig = createDetectorRig(scanKind)
    for (let i = 0; i < 200; i++) {
      rig.flow(flowStep({ src: INSIDE, dst: TARGET, dstPort: 1 + i, timeMs: at(i, 5) }))
    }
    rig.passUntil(START_MS + 3000)
    expect(rig.keys()).toEqual(['10.0.0.7 syn'])
  })

  it('is found within 30 probes at the pace of nmap -T2, though some ports are open', () => {
    const rig = play(
      many(30, (i) =>
        (i < 5 ? answered : refused)({
          src: INSIDE,
          dst: TARGET,
          dstPort: 20 + i,
          timeMs: at(i, 400),
        }),
      ),
    )
    expect(rig.keys()).toHaveLength(1)
  })

  it('is found and stays one when hours pass between probes', () => {
    const rig = play(
      many(30, (i) =>
        flowStep({ src: OUTSIDE, dst: TARGET, dstPort: 20 + i, timeMs: at(i, 900_000) }),
      ),
    )
    expect(rig.keys()).toEqual(['192.0.2.7 syn'])
    expect(rig.findings[0]).toMatchObject({ severity: 40, technique: 'T1595.001' })
    expect(Math.min(...rig.findings.map(({ quietMs }) => quietMs))).toBeGreaterThan(900_000)
  })

  it('is found by handshakes that are never completed', () => {
    const rig = play(
      many(20, (i) =>
        flowStep({
          src: INSIDE,
          dst: `10.0.1.${i}`,
          dstPort: 22,
          timeMs: at(i),
          srcPackets: 2,
          srcFlags: 6,
          srcRst: 1,
          dstPackets: 1,
          dstFlags: 18,
          dstSynAck: 1,
          end: 'reset',
        }),
      ),
    )
    expect(rig.findings[0]!.title).toBe(
      '10.0.0.7 looks for port 22 on many hosts (TCP connect or SYN)',
    )
  })

  it('that mixes hosts and ports is found', () => {
    const rig = play(
      many(16, (i) =>
        refused({ src: INSIDE, dst: `10.0.1.${i % 4}`, dstPort: 22 + (i >> 2), timeMs: at(i) }),
      ),
    )
    expect(rig.keys()).toHaveLength(1)
  })

  it('with a ping before and UDP after it is one', () => {
    const rig = play([
      ...many(20, (i) => ping({ dst: `10.0.1.${i}`, timeMs: at(i) })),
      ...many(100, (i) =>
        refused({ src: INSIDE, dst: TARGET, dstPort: 1 + i, timeMs: at(200 + i) }),
      ),
      ...many(40, (i) => udp({ dstPort: 1 + i, timeMs: at(310 + i) })),
    ])
    expect(rig.keys()).toHaveLength(1)
  })

  it('that begins anew after quiet is told again', () => {
    const run = (fromMs: number) =>
      many(20, (i) => refused({ src: INSIDE, dst: TARGET, dstPort: 1 + i, timeMs: fromMs + i }))
    const rig = play([...run(START_MS), ...run(START_MS + 600_000)])
    expect(rig.findings.map(({ firstMs }) => firstMs)).toEqual([START_MS, START_MS + 600_000])
  })
})

describe('other ways to scan', () => {
  const stealth = (flags: number, i: number, given: Partial<FlowStep> = {}) =>
    refused({
      src: INSIDE,
      dst: TARGET,
      srcPort: 45_000,
      dstPort: 1 + i,
      srcSyn: 0,
      srcFlags: flags,
      srcBytes: 40,
      dstFlags: 4,
      timeMs: at(i),
      ...given,
    })
  it.each([
    ['FIN', 1],
    ['no flags', 0],
    ['Xmas', 0x29],
    ['ACK', 0x10],
    ['FIN with ACK', 0x11],
  ])('%s is found, answered or not', (_, flags) => {
    expect(play(many(12, (i) => stealth(flags, i))).keys()).toHaveLength(1)
    const silent = { dstPackets: 0, dstRst: 0, dstFlags: 0, end: '' } as const
    expect(play(many(12, (i) => stealth(flags, i, silent))).keys()).toHaveLength(1)
  })

  it('UDP is found by errors after ten ports', () => {
    const rig = play([
      ...many(12, (i) => udp({ dstPort: 100 + i, timeMs: at(i, 500) })),
      flowStep({
        protocol: 1,
        src: TARGET,
        dst: INSIDE,
        srcPort: 3,
        dstPort: 3,
        srcPackets: 6,
        timeMs: at(12, 500),
      }),
      udp({ dstPort: 200, timeMs: at(13, 500) }),
    ])
    expect(rig.findings[0]!.title).toBe('10.0.0.7 scans 10.0.0.9 (UDP)')
  })

  it('UDP without errors takes thirty ports', () => {
    expect(play(many(29, (i) => udp({ dstPort: 100 + i, timeMs: at(i) }))).keys()).toEqual([])
    expect(play(many(31, (i) => udp({ dstPort: 100 + i, timeMs: at(i) }))).keys()).toHaveLength(1)
  })

  it('SCTP is found by associations that never were', () => {
    const sctp = (i: number, packets: number) =>
      flowStep({
        ...{ src: INSIDE, protocol: 132, srcPort: 45_000, dstPort: 1 + i, srcSyn: 0, srcFlags: 0 },
        ...{ srcPackets: packets, dstPackets: packets, end: 'closed', timeMs: at(i) },
      })
    expect(play(many(20, (i) => sctp(i, 1))).keys()).toEqual(['10.0.0.7 sctp'])
    expect(play(many(20, (i) => sctp(i, 4))).keys()).toEqual([])
  })

  it('IP protocols are found', () => {
    const rig = play(
      many(40, (i) =>
        flowStep({ src: INSIDE, protocol: 60 + i, srcPort: 0, dstPort: 0, timeMs: at(i) }),
      ),
    )
    expect(rig.findings[0]!.title).toBe('10.0.0.7 scans 10.0.0.9 (IP protocols)')
  })
})

describe('a sweep', () => {
  it('of the internet is found by few ports, whichever and in any order; peers have ports of their own', () => {
    const outside = (portOf: (i: number) => number) =>
      play(
        many(60, (i) =>
          flowStep({ src: INSIDE, dst: `198.51.100.${i}`, dstPort: portOf(i), timeMs: at(i, 5) }),
        ),
      ).keys()
    expect(outside((i) => (i % 2 === 0 ? 23 : 2323))).toEqual(['10.0.0.7 syn'])
    expect(outside((i) => [22, 80, 8080][i % 3]!)).toEqual(['10.0.0.7 syn'])
    expect(outside((i) => (i % 4 === 0 ? 6881 : 20_000 + 37 * i))).toEqual([])
  })

  it('of pings is found if many hosts are silent, and is none if they answer', () => {
    const sweep = (isThere: (i: number) => boolean) =>
      play(
        many(40, (i) =>
          ping({ dst: `10.0.1.${i}`, dstPackets: isThere(i) ? 1 : 0, timeMs: at(i, 50) }),
        ),
      )
    expect(sweep((i) => i % 3 === 0).findings[0]).toMatchObject({
      technique: 'T1018',
      severity: 40,
    })
    expect(sweep(() => true).keys()).toEqual([])
  })

  it('of pings over a day is found', () => {
    expect(
      play(many(30, (i) => ping({ dst: `10.0.1.${i}`, timeMs: at(i, 2_400_000) }))).keys(),
    ).toHaveLength(1)
  })

  it.each([
    ['timestamp', 13],
    ['mask', 17],
  ])('by ICMP %s is found even if all answer', (_, type) => {
    const steps = many(6, (i) =>
      ping({ dst: `10.0.1.${i}`, srcPort: type, dstPackets: 1, timeMs: at(i) }),
    )
    expect(play(steps).keys()).toHaveLength(1)
  })
})

describe('a scan by several', () => {
  it('of one host is one, whichever agents see it', () => {
    const rig = play(
      many(120, (i) =>
        flowStep({
          agent: `a${i % 3}`,
          src: `192.0.2.${i % 20}`,
          dst: TARGET,
          dstPort: 1 + i,
          timeMs: at(i, 100),
        }),
      ),
    )
    expect(rig.keys()).toEqual(['10.0.0.9 together'])
    expect(rig.findings.at(-1)!.title).toBe(
      '20 sources scan 10.0.0.9 together (TCP connect or SYN)',
    )
  })
})

it('finds a scanner during a flood with invented senders', () => {
  const rig = play(
    many(40_000, (i) =>
      i % 400 === 0
        ? refused({
            src: INSIDE,
            dst: '10.0.0.20',
            dstPort: 1 + i / 400,
            timeMs: START_MS + (i >> 2),
          })
        : flowStep({
            src: `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.9`,
            timeMs: START_MS + (i >> 2),
          }),
    ),
  )
  expect(rig.keys()).toEqual(['10.0.0.7 syn'])
})
