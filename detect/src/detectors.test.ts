/** What holds for every detector: how it presents itself, and that nothing makes it fail. */
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import { describe, expect, it } from 'vitest'
import { createRandom } from './anomaly/random.ts'
import { createDetectionEngine } from './detection-engine.ts'
import type { Detection } from './detection.ts'
import { DETECTORS } from './detectors.ts'
import { START_MS } from './fakes/detector-rig.ts'
import { emptyRecords, fakeContext, writeRecord } from './fakes/flow-records.ts'
import { createSiteNetworks } from './site-networks.ts'

const RECORDS = 20_000
const PROTOCOLS = [1, 6, 6, 6, 17, 17, 58, 47, 132]
const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.9',
  '192.0.2.7',
  '198.51.100.1',
  '2001:db8::1',
  'fe80::1',
  '224.0.0.1',
  '255.255.255.255',
  '0.0.0.0',
  '::',
]

const arp = (timeMs: number, senderMac: string, senderIp: string): ArpObservation => ({
  kind: 'arp',
  timeMs,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: senderMac,
  dstMac: '02:00:00:00:00:02',
  operation: 'reply',
  senderMac,
  senderIp,
  targetMac: '02:00:00:00:00:02',
  targetIp: '10.0.0.9',
  unicast: true,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: false,
  probe: false,
})

/** Everything at once: attacks, nonsense, times that jump. */
const runHostile = (seed: number) => {
  const { below } = createRandom(seed)
  const detections: Detection[] = []
  const engine = createDetectionEngine(
    { settings: defaultsOf(detectSection) },
    {
      surroundings: createSiteNetworks([]),
      onDetection: (detection, change) => change === 'ended' && detections.push(detection),
    },
  )
  const reader = emptyRecords(1, fakeContext('a1', START_MS)).seek(0)
  const bytes = new Uint8Array(reader.view.buffer)
  engine.tick(START_MS)
  for (let i = 0; i < RECORDS; i++) {
    writeRecord(reader, {
      slot: below(2000),
      end: below(7),
      src: ADDRESSES[below(ADDRESSES.length)]!,
      dst: `${below(224)}.${below(256)}.0.${below(256)}`,
      srcPort: below(65_536),
      dstPort: below(3) === 0 ? 53 : below(65_536),
      protocol: PROTOCOLS[below(PROTOCOLS.length)]!,
      srcPackets: below(3) === 0 ? below(2 ** 31) : below(3),
      dstPackets: below(3),
      srcBytes: below(2 ** 40),
      dstBytes: below(4) === 0 ? below(2 ** 40) : 0,
      srcFlags: below(256),
      dstFlags: below(256),
      firstNs: i * 5e6 + 1,
      lastNs: i * 5e6 + below(1e9) + 1,
    })
    // The end of a slot's number must stay, as the server checks it.
    if (i % 50 === 0) for (let at = 16; at < RECORD_BYTES; at++) bytes[at] = below(256)
    engine.record(reader.seek(0))
    if (i % 20 === 0) {
      engine.observation(
        arp(START_MS + i * 5, `02:00:00:00:00:0${below(9)}`, ADDRESSES[below(4)]!),
        'a1',
      )
    }
    if (i % 200 === 0) engine.tick(START_MS + i * 5 + (i % 5000 === 0 ? 3_600_000 * below(50) : 0))
  }
  engine.flush()
  return { detections, stats: engine.stats() }
}

describe.each(DETECTORS)('the detector $name', ({ name, version, description, techniques }) => {
  it('says what it is', () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    expect(version).toBeGreaterThan(0)
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(techniques.length).toBeGreaterThan(0)
    for (const technique of techniques) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/)
  })
})

describe('the detectors', () => {
  it('have names of their own', () => {
    expect(new Set(DETECTORS.map(({ name }) => name)).size).toBe(DETECTORS.length)
  })

  it('do not fail on anything, and tell only what makes sense', { timeout: 60_000 }, () => {
    const { detections, stats } = runHostile(1)
    expect(stats).toMatchObject({ records: RECORDS, failures: {} })
    for (const detection of detections) {
      const kind = DETECTORS.find(({ name }) => name === detection.detector)
      const { severity, confidence, evidence, firstMs, lastMs, count } = detection
      expect(kind?.techniques).toContain(detection.technique)
      expect(severity).toBeGreaterThanOrEqual(0)
      expect(severity).toBeLessThanOrEqual(100)
      expect(confidence).toBeGreaterThanOrEqual(0)
      expect(confidence).toBeLessThanOrEqual(1)
      expect(firstMs).toBeLessThanOrEqual(lastMs)
      expect(count).toBeGreaterThan(0)
      expect([detection.title, evidence.reason]).not.toContain('')
      expect(evidence.facts.length, detection.detector).toBeGreaterThan(0)
      expect(evidence.flows.length).toBeLessThanOrEqual(10)
    }
  })

  it('find the same each time', { timeout: 60_000 }, () => {
    expect(JSON.stringify(runHostile(2))).toBe(JSON.stringify(runHostile(2)))
  })
})
