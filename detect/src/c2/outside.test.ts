/** Long connections, uploads, Tor, TLS on odd ports, first destinations: each beside what is ordinary. */
import { describe, expect, it } from 'vitest'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { answered, createDetectorRig, flowStep, START_MS } from '../fakes/detector-rig.ts'
import { firstDestinationKind } from './first-destination.ts'
import { longConnectionKind } from './long-connection.ts'
import { oddPortKind } from './odd-port.ts'
import { torKind } from './tor.ts'
import { uploadKind } from './upload.ts'

const HOUR = 3_600_000
const OUT = { src: '10.0.0.5', dst: '198.51.100.7' } as const

describe('a long connection', () => {
  const keep = (
    hours: number,
    given = {},
    rig = createDetectorRig(longConnectionKind),
    from = 0,
  ) => {
    const firstMs = START_MS + from
    for (let i = 0; i <= hours * 6; i++)
      rig.detector.flow?.(answered({ ...OUT, firstMs, timeMs: firstMs + (i * HOUR) / 6, ...given }))
    return rig
  }
  it('is told of after twelve hours, once, low', () => {
    const { keys, findings } = keep(20)
    expect(keys()).toHaveLength(1)
    expect(findings[0]).toMatchObject({ severity: 20, timeMs: START_MS + 12 * HOUR })
  })
  it('is none below, none within the site, none without an answer', () => {
    expect(keep(11.8).findings).toEqual([])
    expect(keep(20, { dst: '10.0.0.9' }).findings).toEqual([])
    expect(keep(20, { dstPackets: 0 }).findings).toEqual([])
  })
  it('that is made again the next day is a habit', () => {
    const rig = keep(13)
    const before = rig.findings.length
    keep(13, {}, rig, 24 * HOUR)
    expect(rig.findings).toHaveLength(before)
  })
})

describe('an upload', () => {
  const rigWith = (historyHours: number, usualBytes: number) => {
    const rig = createDetectorRig(uploadKind)
    for (let hour = 0; hour < historyHours; hour++)
      send(rig, usualBytes * (1 + (hour % 3) / 10), hour)
    return rig
  }
  const send = (
    rig: ReturnType<typeof createDetectorRig>,
    bytes: number,
    hour: number,
    given = {},
  ) =>
    rig.detector.flow?.(
      flowStep({
        ...OUT,
        timeMs: START_MS + hour * HOUR,
        srcBytes: bytes,
        dstBytes: bytes / 50,
        dstPackets: 10,
        ...given,
      }),
    )
  it('of a gigabyte by a device that sends little is found', () => {
    const rig = rigWith(48, 1e6)
    send(rig, 1e9, 48)
    expect(rig.findings).toMatchObject([
      { severity: 60, technique: 'T1048', target: { ip: OUT.dst } },
    ])
  })
  it('in many pieces is one incident', () => {
    const rig = rigWith(48, 1e6)
    for (let i = 0; i < 100; i++) send(rig, 20e6, 48 + i / 200)
    expect(rig.keys()).toHaveLength(1)
  })
  it('without history is information, and says so', () => {
    const rig = createDetectorRig(uploadKind)
    send(rig, 1e9, 0)
    expect(rig.findings).toMatchObject([{ severity: 15 }])
    expect(rig.findings[0]?.evidence.reason).toContain('is not known')
  })
  it('is none of a device that always sends as much', () => {
    const rig = rigWith(72, 1e9)
    const before = rig.findings.length
    send(rig, 1.1e9, 72)
    expect(rig.findings.slice(before)).toEqual([])
  })
  it('is none within the site, of a call with picture, or of what others fetch here', () => {
    const rig = rigWith(48, 1e6)
    send(rig, 5e9, 48, { dst: '10.0.0.9' })
    send(rig, 5e9, 49, { dstBytes: 4e9 })
    send(rig, 1e5, 50, { src: OUT.dst, dst: OUT.src, dstBytes: 5e9 })
    expect(rig.findings).toEqual([])
  })
})

describe('Tor', () => {
  const settings = { torAddresses: ['198.51.100.7'] }
  it('is told of by the list, when a relay answers', () => {
    const rig = createDetectorRig(torKind, settings)
    rig.flow(flowStep({ ...OUT }))
    expect(rig.findings).toEqual([])
    rig.flow(answered({ ...OUT, dstPort: 9001 }))
    expect(rig.findings).toMatchObject([{ technique: 'T1090.003', target: { port: 9001 } }])
  })
  it('is told of by a feed', () => {
    const rig = createDetectorRig(torKind)
    rig.flow(answered({ ...OUT, dst: '203.0.113.99' }))
    expect(rig.findings).toMatchObject([{ severity: 40, target: { ip: '203.0.113.99' } }])
    expect(rig.findings[0]!.evidence.reason).toContain('by a feed')
  })
  it('is nothing without a list, and no relay that scans us', () => {
    const rig = createDetectorRig(torKind)
    rig.flow(answered({ ...OUT }))
    const listed = createDetectorRig(torKind, settings)
    listed.flow(answered({ src: OUT.dst, dst: OUT.src }))
    expect([...rig.findings, ...listed.findings]).toEqual([])
  })
})

describe('TLS on a port of another protocol', () => {
  const named = (ja4: string) =>
    ({ text: (field: number) => (field === ENRICHMENT.ja4 ? ja4 : '') }) as FlowReader
  const speak = (dstPort: number, ja4: string, given = {}) => {
    const rig = createDetectorRig(oddPortKind)
    rig.flow(answered({ ...OUT, dstPort, record: named(ja4), ...given }))
    return rig.findings
  }
  it('is told of', () => {
    expect(speak(53, 't13d1516h2')).toMatchObject([{ technique: 'T1571', target: { port: 53 } }])
  })
  it('is none on 443, on a port of mail, on one of nobody; nor what is no TLS; nor within the site', () => {
    expect([
      ...speak(443, 't13d1516h2'),
      ...speak(25, 't13d1516h2'),
      ...speak(9443, 't13d1516h2'),
      ...speak(53, ''),
      ...speak(22, 't13d1516h2', { dst: '10.0.0.9' }),
    ]).toEqual([])
  })
})

describe('a first destination', () => {
  const days = (places: number, last: string, atHour = 80) => {
    const rig = createDetectorRig(firstDestinationKind)
    for (let hour = 0; hour < 79; hour++)
      for (let i = 0; i < places; i++)
        rig.detector.flow?.(
          answered({ ...OUT, dst: `203.0.${i}.${hour}`, timeMs: START_MS + hour * HOUR }),
        )
    rig.detector.flow?.(answered({ ...OUT, dst: last, timeMs: START_MS + atHour * HOUR }))
    return rig.findings
  }
  it('of a device that knows two places is told of, low', () => {
    expect(days(2, '198.51.100.7')).toMatchObject([
      { severity: 20, target: { ip: '198.51.100.7' } },
    ])
  })
  it('is none of a busy device, none in a known network, none before three days', () => {
    expect(days(30, '198.51.100.7')).toEqual([])
    expect(days(2, '203.0.1.200')).toEqual([])
    expect(days(2, '198.51.100.7', 60)).toEqual([])
  })
})
