/** Contacts with listed addresses: those that came about, and no others. */
import { describe, expect, it } from 'vitest'
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import type { Finding } from '../detection.ts'
import type { Listing } from '../detector.ts'
import { dnsSaid } from '../fakes/dns-observation.ts'
import { answered, flowStep, refused } from '../fakes/detector-rig.ts'
import { intelContactKind } from './intel-contact.ts'

const listing = (kind: Listing['kind'], weight = 90): Listing => ({
  feed: `f-${kind}`,
  kind,
  weight,
})
const LISTED: Readonly<Record<string, readonly Listing[]>> = {
  '198.51.100.66': [listing('attacker', 60), listing('c2', 95)],
  '198.51.100.67': [listing('tor', 30), listing('other', 10)],
  '198.51.100.68': [listing('attacker', 60)],
  'bad.example': [listing('malicious')],
}

const rig = () => {
  const findings: Finding[] = []
  const detector = intelContactKind.create(defaultsOf(detectSection), {
    isLocal: (address) => address.startsWith('10.'),
    isOwn: () => false,
    listedOn: (text) => LISTED[text] ?? [],
    report: (finding) => findings.push(finding),
  })
  return { detector, findings }
}
const OUT = { src: '10.0.0.5', dst: '198.51.100.66' } as const

describe('a contact outward', () => {
  it('counts by the gravest list, and names all', () => {
    const { detector, findings } = rig()
    detector.flow?.(answered(OUT))
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      ...{ key: '10.0.0.5 198.51.100.66', severity: 85, confidence: 0.95, direction: 'outbound' },
      ...{ source: { ip: '10.0.0.5' }, target: { ip: '198.51.100.66', port: 443 } },
    })
    expect(findings[0]!.evidence.reason).toContain('f-attacker (attacker), f-c2 (c2)')
  })

  it('is none where nothing came about', () => {
    const { detector, findings } = rig()
    detector.flow?.(refused(OUT))
    detector.flow?.(flowStep(OUT))
    detector.flow?.(answered({ ...OUT, protocol: 17, dstSynAck: 0, srcPackets: 1, dstPackets: 1 }))
    detector.flow?.(answered({ ...OUT, protocol: 1, dstSynAck: 0 }))
    expect(findings).toEqual([])
  })

  it('is none with Tor, what is only shown, what is on no list, and within the site', () => {
    const { detector, findings } = rig()
    detector.flow?.(answered({ ...OUT, dst: '198.51.100.67' }))
    detector.flow?.(answered({ ...OUT, dst: '198.51.100.1' }))
    detector.flow?.(answered({ src: '10.0.0.5', dst: '10.0.0.6' }))
    expect(findings).toEqual([])
  })
})

it('inward it is one low incident for each host of ours, whoever comes', () => {
  const { detector, findings } = rig()
  detector.flow?.(answered({ src: '198.51.100.66', dst: '10.0.0.9' }))
  detector.flow?.(answered({ src: '198.51.100.68', dst: '10.0.0.9' }))
  expect(findings.map(({ key, severity }) => [key, severity])).toEqual([
    ['in 10.0.0.9', 40],
    ['in 10.0.0.9', 30],
  ])
})

it('asking for a listed name is told of, below a connection', () => {
  const { detector, findings } = rig()
  const said = dnsSaid({ client: '10.0.0.5', domain: 'bad.example', samples: ['a.bad.example'] })
  detector.observation?.(said, 'a1')
  detector.observation?.(dnsSaid({ client: '10.0.0.5', domain: 'good.example' }), 'a1')
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ severity: 60, target: { name: 'bad.example' } })
})
