/** All detectors of floods against each flood, and against the traffic that resembles one. */
import { expect, test } from 'vitest'
import { answered, createDetectorRig, flowStep, refused, START_MS } from '../fakes/detector-rig.ts'
import type { DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { amplificationKind } from './amplification.ts'
import { connectionFloodKind } from './connection-flood.ts'
import { fragmentFloodKind } from './fragment-flood.ts'
import { icmpFloodKind } from './icmp-flood.ts'
import { synAckFloodKind } from './syn-ack-flood.ts'
import { synFloodKind } from './syn-flood.ts'
import { tcpFloodKind } from './tcp-flood.ts'
import { udpFloodKind } from './udp-flood.ts'

const KINDS = [
  synFloodKind,
  synAckFloodKind,
  tcpFloodKind,
  udpFloodKind,
  amplificationKind,
  icmpFloodKind,
  connectionFloodKind,
  fragmentFloodKind,
]
const many = (i: number) => `198.51.${(i >> 8) & 255}.${i & 255}`

/** Names of the kinds that tell of something, once for each incident. */
const found = (
  count: number,
  perSecond: number,
  step: (i: number, timeMs: number) => FlowStep,
): string[] =>
  KINDS.flatMap((kind: DetectorKind) => {
    const rig = createDetectorRig(kind)
    for (let i = 0; i < count; i++) rig.flow(step(i, START_MS + Math.floor((i * 1000) / perSecond)))
    rig.passUntil(START_MS + (count / perSecond) * 1000 + 3000)
    return rig.keys().map(() => kind.name)
  })

const udp = (given: Partial<FlowStep>) =>
  flowStep({ protocol: 17, srcSyn: 0, srcFlags: 0, ...given })
const stray = (given: Partial<FlowStep>) => flowStep({ srcSyn: 0, srcFlags: 0x10, ...given })
const echo = (given: Partial<FlowStep>) => udp({ protocol: 1, srcPort: 8, dstPort: 0, ...given })

test.each<[string, string, number, (i: number, timeMs: number) => FlowStep]>([
  ['SYNs of many', 'syn-flood', 500, (i, timeMs) => flowStep({ timeMs, src: many(i) })],
  [
    'SYNs with ECN bits',
    'syn-flood',
    500,
    (i, timeMs) => flowStep({ timeMs, src: many(i), srcFlags: 0xc2 }),
  ],
  ['SYNs of one', 'syn-flood', 500, (i, timeMs) => flowStep({ timeMs, srcPort: i })],
  [
    'SYNs to a closed port from many',
    'syn-flood',
    500,
    (i, timeMs) => refused({ timeMs, src: many(i) }),
  ],
  [
    'SYNs that are answered',
    'syn-flood',
    500,
    (i, timeMs) => flowStep({ timeMs, src: many(i), dstPackets: 1, dstSynAck: 1 }),
  ],
  [
    'reflected SYN-ACKs',
    'syn-ack-flood',
    500,
    (i, timeMs) => flowStep({ timeMs, src: many(i), srcSyn: 0, srcSynAck: 1 }),
  ],
  ['ACKs of many', 'tcp-flood', 1000, (i, timeMs) => stray({ timeMs, src: many(i) })],
  [
    'resets of many, and odd flags that are refused',
    'tcp-flood',
    1000,
    (i, timeMs) =>
      i % 2 === 0
        ? stray({ timeMs, src: many(i), srcFlags: 4, srcRst: 1 })
        : stray({ timeMs, src: many(i), srcFlags: 0x29, dstPackets: 1, dstRst: 1 }),
  ],
  ['UDP of many', 'udp-flood', 3000, (i, timeMs) => udp({ timeMs, src: many(i) })],
  [
    'UDP of one with many ports',
    'udp-flood',
    3000,
    (i, timeMs) => udp({ timeMs, srcPort: 1024 + i }),
  ],
  [
    'large NTP answers',
    'amplification',
    500,
    (i, timeMs) => udp({ timeMs, src: many(i), srcPort: 123, srcBytes: 468 }),
  ],
  [
    'echo requests of one',
    'icmp-flood',
    5,
    (i, timeMs) => echo({ timeMs, isFirst: i === 0, newSrcPackets: 1000 }),
  ],
  [
    'ICMPv6 of many',
    'icmp-flood',
    500,
    (i, timeMs) =>
      echo({ timeMs, protocol: 58, srcPort: 128, src: `2001:db8::${i}`, dst: 'fd00::9' }),
  ],
  [
    'empty connections',
    'connection-flood',
    600,
    (i, timeMs) => answered({ timeMs, srcPort: i, srcPackets: 3, srcBytes: 160 }),
  ],
  [
    'fragments of many',
    'fragment-flood',
    3000,
    (i, timeMs) => udp({ timeMs, src: many(i), srcPort: 0, dstPort: 0, isFragment: true }),
  ],
])('%s: one %s', (_, name, perSecond, step) => {
  expect(found(perSecond * 3, perSecond, step)).toEqual([name])
})

test.each<[string, number, (i: number, timeMs: number) => FlowStep]>([
  ['a fast scan of the ports of one host', 1000, (i, timeMs) => flowStep({ timeMs, dstPort: i })],
  ['a fast UDP scan', 1500, (i, timeMs) => udp({ timeMs, dstPort: i })],
  ['a sweep of many hosts', 2000, (i, timeMs) => flowStep({ timeMs, dst: many(i) })],
  ['a client that tries a closed port in a loop', 300, (_, timeMs) => refused({ timeMs })],
  ['a busy web server', 1500, (i, timeMs) => answered({ timeMs, src: many(i) })],
  ['a fast scan by ACKs', 1000, (i, timeMs) => stray({ timeMs, dstPort: i })],
  [
    'half of what a busy server gets, seen from when we began',
    2000,
    (i, timeMs) => stray({ timeMs, src: many(i), srcPackets: i % 3 === 0 ? 1 : 7, srcBytes: 300 }),
  ],
  [
    'clients of a server that was restarted',
    300,
    (i, timeMs) => stray({ timeMs, src: many(i), dstPackets: 1, dstRst: 1 }),
  ],
  ['a camera', 10, (i, timeMs) => udp({ timeMs, isFirst: i === 0, newSrcPackets: 200 })],
  [
    'a measurement by UDP',
    10,
    (i, timeMs) => udp({ timeMs, isFirst: i === 0, newSrcPackets: 9000, dstPackets: 1 }),
  ],
  ['a syslog server', 3000, (i, timeMs) => udp({ timeMs, src: many(i), dstPort: 514 })],
  [
    'a video to a group',
    10,
    (i, timeMs) => udp({ timeMs, dst: '239.1.1.1', isFirst: i === 0, newSrcPackets: 50_000 }),
  ],
  [
    'answers to a resolver',
    2000,
    (i, timeMs) => udp({ timeMs, src: '10.0.0.9', dst: many(i), dstPort: 53, dstPackets: 1 }),
  ],
  [
    'small answers of NTP servers',
    500,
    (i, timeMs) => udp({ timeMs, src: many(i), srcPort: 123, srcBytes: 76 }),
  ],
  ['a ping each second', 1, (i, timeMs) => echo({ timeMs, isFirst: i === 0, newSrcPackets: 1 })],
  [
    'errors that a scan brings',
    400,
    (i, timeMs) => echo({ timeMs, srcPort: 3, dstPort: 3, src: many(i % 20) }),
  ],
])('%s is silent', (_, perSecond, step) => {
  expect(found(perSecond * 3, perSecond, step)).toEqual([])
})

test('pings that an agent which was held up tells of at once are none, as many in a second are', () => {
  const told = (spanMs: number) => {
    const rig = createDetectorRig(icmpFloodKind)
    for (const seconds of [1, 2, 30, 31]) {
      const timeMs = START_MS + 1000 * seconds
      const newSrcPackets = seconds === 30 ? 560 : 20
      rig.flow(echo({ timeMs, firstMs: START_MS, isFirst: false, newSrcPackets, spanMs }))
    }
    rig.passUntil(START_MS + 40_000)
    return rig.findings
  }
  expect(told(28_000)).toEqual([])
  expect(told(1000)).not.toEqual([])
})

test('large datagrams in fragments are silent, their beginnings are seen', () => {
  const rig = createDetectorRig(fragmentFloodKind)
  for (let second = 0; second < 5; second++) {
    const timeMs = START_MS + second * 1000
    rig.flow(
      udp({
        timeMs,
        srcPort: 0,
        dstPort: 0,
        isFragment: true,
        isFirst: second === 0,
        newSrcPackets: 5000,
      }),
    )
    rig.flow(udp({ timeMs, isFirst: second === 0, newSrcPackets: 1000 }))
  }
  rig.passUntil(START_MS + 9000)
  expect(rig.findings).toEqual([])
})

test('what is usual of a server is no flood when it stops answering', () => {
  const rig = createDetectorRig(synFloodKind)
  for (let i = 0; i < 120 * 300; i++) {
    const timeMs = START_MS + Math.floor((i * 1000) / 120)
    rig.flow(
      i < 120 * 270 ? answered({ timeMs, src: many(i) }) : flowStep({ timeMs, src: many(i) }),
    )
  }
  rig.passUntil(START_MS + 305_000)
  expect(rig.findings).toEqual([])
})

test('a million forged sources are one incident in flat memory', () => {
  const rig = createDetectorRig(synFloodKind)
  for (let i = 0; i < 1_000_000; i++) {
    rig.flow(
      flowStep({
        timeMs: START_MS + i / 100,
        src: `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.7`,
      }),
    )
  }
  rig.passUntil(START_MS + 12_000)
  expect(rig.keys()).toEqual(['10.0.0.9'])
  const last = rig.findings.at(-1)!
  expect(last.source).toEqual({})
  const sources = Number(last.evidence.facts.find(({ name }) => name === 'sources')!.value)
  expect(sources).toBeGreaterThan(850_000)
  expect(sources).toBeLessThan(1_150_000)
}, 60_000)

test('the port is that of the flood, not of what the address was asked for before', () => {
  const rig = createDetectorRig(synFloodKind)
  const flood = (from: number, dstPort: number) => {
    for (let i = 0; i < 2000; i++)
      rig.flow(flowStep({ timeMs: from + 2 * i, src: many(i), dstPort }))
    rig.passUntil(from + 8000)
  }
  flood(START_MS, 443)
  flood(START_MS + 3_600_000, 80)
  expect(rig.findings.at(-1)?.target).toEqual({ ip: '10.0.0.9', port: 80 })
})
