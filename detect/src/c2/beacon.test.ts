/** Beacons beside what is periodic and harmless. */
import { describe, expect, it } from 'vitest'
import { answered, createDetectorRig, START_MS } from '../fakes/detector-rig.ts'
import type { FlowStep } from '../flow-step.ts'
import { beaconKind } from './beacon.ts'

const HOST = { src: '10.0.0.5', dst: '198.51.100.7', dstPort: 443 } as const

interface Calls {
  times: number
  /** Milliseconds from call `i` to the next. */
  wait(i: number): number
  given?: Partial<FlowStep>
  bytes?(i: number): number
}

/** Deterministic numbers between 0 and 1. */
const chance = (i: number): number => {
  let hash = Math.imul(i + 1, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

const play = ({ times, wait, given = {}, bytes = () => 800 }: Calls) => {
  const rig = createDetectorRig(beaconKind)
  let timeMs = START_MS
  for (let i = 0; i < times; i++) {
    const step = answered({ ...HOST, timeMs, srcPort: 40_000 + i, srcSyn: 1, ...given })
    rig.flow({ ...step, srcBytes: bytes(i), newSrcBytes: bytes(i), end: 'closed' })
    timeMs += wait(i)
  }
  return rig
}

describe('a beacon', () => {
  it('of 2 seconds is found within ten minutes, once, with its numbers', () => {
    const { findings, keys } = play({ times: 300, wait: () => 2000 })
    expect(keys()).toEqual(['10.0.0.5 198.51.100.7 443 6'])
    expect(findings[0]).toMatchObject({
      title: '10.0.0.5 calls 198.51.100.7 port 443 every 2 s',
      severity: 50,
      technique: 'T1071.001',
      firstMs: START_MS,
      source: { ip: '10.0.0.5' },
      target: { ip: '198.51.100.7', port: 443 },
      direction: 'outbound',
    })
    expect(findings[0]!.timeMs - START_MS).toBeLessThanOrEqual(60_000)
    expect(findings[0]!.evidence.facts).toContainEqual({ name: 'interval', value: 2, unit: 's' })
  })

  it('that waits half to one and a half times as long is found too', () => {
    expect(play({ times: 300, wait: (i) => 1000 + 2000 * chance(i) }).keys()).toHaveLength(1)
  })

  it('that sleeps a third less at most, as frameworks do, is found too', () => {
    expect(play({ times: 60, wait: (i) => 10_000 * (1 - 0.33 * chance(i)) }).keys()).toHaveLength(1)
  })

  it('over UDP with a port of its own each time is found', () => {
    const given = { protocol: 17, srcSyn: 0, dstSynAck: 0, dstPort: 4444 }
    expect(play({ times: 100, wait: () => 5000, given }).keys()).toHaveLength(1)
  })

  it('of ten minutes is found after hours, by the score of RITA', () => {
    const { findings } = play({ times: 144, wait: () => 600_000 })
    expect(findings[0]).toMatchObject({ severity: 60 })
    expect(findings[0]!.evidence.reason).toContain('score')
  })

  it('to the port of NTP that says more than NTP does is found', () => {
    const given = { protocol: 17, srcSyn: 0, dstPort: 123, srcPackets: 1, dstPackets: 1 }
    expect(play({ times: 100, wait: () => 5000, given, bytes: () => 300 }).keys()).toHaveLength(1)
  })

  it('to a machine of the same network is information only', () => {
    const { findings } = play({ times: 300, wait: () => 2000, given: { dst: '10.0.0.77' } })
    expect(findings[0]).toMatchObject({ severity: 15, direction: 'internal' })
    expect(findings[0]!.timeMs - START_MS).toBeGreaterThan(110_000)
  })
})

describe('no beacon is', () => {
  it('who comes by chance, with the same few bytes', () => {
    const wait = (i: number) => -2000 * Math.log(1 - chance(i))
    expect(play({ times: 1000, wait }).findings).toEqual([])
  })

  it('a person who reads: some pages quickly, then a pause', () => {
    const wait = (i: number) => (i % 5 === 4 ? 60_000 : 3000)
    expect(play({ times: 500, wait }).findings).toEqual([])
  })

  it('a stream of pieces of different size, however regular', () => {
    const bytes = (i: number) => 400 + Math.round(3000 * chance(i))
    expect(play({ times: 500, wait: () => 4000, bytes }).findings).toEqual([])
  })

  it('a host that gets no answer and tries again each second', () => {
    const given = { dstPackets: 0, dstBytes: 0, dstSynAck: 0, newDstPackets: 0 }
    expect(play({ times: 500, wait: () => 1000, given }).findings).toEqual([])
    const refused = { dstSynAck: 0, dstRst: 1 }
    expect(play({ times: 500, wait: () => 1000, given: refused }).findings).toEqual([])
  })

  it.each([
    ['NTP', 123, '198.51.100.7', 76],
    ['DHCP', 67, '10.0.0.1', 328],
    ['mDNS', 5353, '224.0.0.251', 90],
    ['SSDP', 1900, '239.255.255.250', 150],
    ['DNS', 53, '198.51.100.7', 70],
    ['anything to a group', 9999, '239.1.1.1', 70],
    ['anything to all', 9999, '10.0.0.255', 70],
  ])('%s', (_name, dstPort, dst, size) => {
    const given = { protocol: 17, srcSyn: 0, dstSynAck: 0, dstPort, dst }
    const one = { ...given, srcPackets: 1, dstPackets: 1, dstBytes: size }
    expect(
      play({ times: 400, wait: () => 16_000, given: one, bytes: () => size }).findings,
    ).toEqual([])
  })

  it('a connection that is kept alive', () => {
    const rig = createDetectorRig(beaconKind)
    for (let i = 0; i < 500; i++) {
      const step = answered({ ...HOST, timeMs: START_MS + 15_000 * i, firstMs: START_MS })
      const isFirst = i === 0
      rig.flow({ ...step, isFirst, dstPackets: 5 + i, newDstPackets: isFirst ? 5 : 1 })
    }
    expect(rig.findings).toEqual([])
  })

  it('a monitor that asks several machines of its network', () => {
    const rig = createDetectorRig(beaconKind)
    for (let i = 0; i < 600; i++)
      for (const last of [11, 12, 13]) {
        const timeMs = START_MS + 5000 * i + last
        rig.flow(answered({ src: '10.0.0.5', dst: `10.0.0.${last}`, timeMs, end: 'closed' }))
      }
    expect(rig.findings).toEqual([])
  })

  it('what many hosts of the site use within minutes', () => {
    const rig = createDetectorRig(beaconKind)
    for (let i = 0; i < 100; i++)
      for (let host = 1; host < 9; host++) {
        const timeMs = START_MS + 5000 * i + host
        rig.flow(answered({ ...HOST, src: `10.0.0.${host}`, timeMs, end: 'closed' }))
      }
    expect(rig.findings).toEqual([])
  })

  it('a monitor from outside that asks a machine here', () => {
    const given = { src: '198.51.100.7', dst: '10.0.0.9' }
    expect(play({ times: 300, wait: () => 2000, given }).findings).toEqual([])
  })

  it('a first try of log-ins, which is a matter of its own', () => {
    expect(play({ times: 300, wait: () => 2000, given: { dstPort: 21 } }).findings).toEqual([])
  })
})

describe('who asks machines of the site in the same rounds', () => {
  /** Severities of what is said of the service outside. */
  const said = (insideMs: number, inside: readonly string[]) => {
    const rig = createDetectorRig(beaconKind)
    const ask = (src: string, dst: string, timeMs: number): void => {
      const step = answered({ src, dst, dstPort: 9100, timeMs, direction: 'outbound' })
      rig.flow({ ...step, end: 'closed' })
    }
    for (let timeMs = 0; timeMs < 1_800_000; timeMs += 1000) {
      if (timeMs % 15_000 === 0) ask('10.1.0.1', '198.51.100.7', START_MS + timeMs)
      for (const dst of inside) if (timeMs % insideMs === 0) ask('10.0.0.1', dst, START_MS + timeMs)
    }
    const outside = rig.findings.filter(({ target }) => target.ip === '198.51.100.7')
    return [...new Set(outside.map(({ severity }) => severity))]
  }

  it('is a monitor, by whatever address of its own it asks', () => {
    expect(said(15_000, ['10.0.0.20', '10.0.0.21'])).toEqual([15])
  })

  it('is not told of them either', () => {
    const rig = createDetectorRig(beaconKind)
    for (let i = 0; i < 600; i++)
      rig.flow(
        answered({
          ...{ src: '10.0.0.4', dst: `10.0.0.${20 + (i % 2)}`, dstPort: 8080, end: 'closed' },
          timeMs: START_MS + (i >> 1) * 2000,
        }),
      )
    expect(rig.findings).toEqual([])
  })

  it('is none if that is one machine, or comes in other rounds', () => {
    expect(said(15_000, ['10.0.0.20'])).toEqual([50])
    expect(said(30_000, ['10.0.0.20', '10.0.0.21'])).toEqual([50])
  })
})
