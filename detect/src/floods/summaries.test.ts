/** Floods that an agent has summed up, and who is told of such summaries. */
import { expect, test } from 'vitest'
import { createDetectorRig, flowStep, START_MS } from '../fakes/detector-rig.ts'
import { DETECTORS } from '../detectors.ts'
import type { FlowStep } from '../flow-step.ts'

const summary = (given: Partial<FlowStep>) =>
  flowStep({
    src: '0.0.0.0',
    srcPort: 0,
    srcPackets: 20_000,
    srcBytes: 800_000,
    srcSyn: 20_000,
    condensed: 20_000,
    sources: 20_000,
    end: 'idle',
    ...given,
  })

test.each<[string, string, Partial<FlowStep>]>([
  ['SYNs', 'syn-flood', {}],
  ['SYNs that are answered', 'syn-flood', { dstPackets: 40_000, dstSynAck: 40_000 }],
  ['SYNs to a closed port', 'syn-flood', { dstPackets: 20_000, dstRst: 20_000 }],
  ['SYN-ACKs', 'syn-ack-flood', { srcSyn: 0, srcSynAck: 20_000, srcPort: 443, dstPort: 0 }],
  ['ACKs', 'tcp-flood', { srcSyn: 0, srcFlags: 0x10 }],
  ['UDP', 'udp-flood', { protocol: 17, srcSyn: 0 }],
  ['NTP', 'amplification', { protocol: 17, srcSyn: 0, srcPort: 123, srcBytes: 9_360_000 }],
  ['echo requests', 'icmp-flood', { protocol: 1, srcSyn: 0, srcPort: 8, dstPort: 0 }],
  ['fragments', 'fragment-flood', { protocol: 17, srcSyn: 0, dstPort: 0, isFragment: true }],
])('a flood of %s is found in summaries, and once', (_, name, given) => {
  const told = DETECTORS.flatMap((kind) => {
    const rig = createDetectorRig(kind)
    for (let second = 0; second < 5; second++) {
      const firstMs = START_MS + 1000 * second
      // An agent tells of it a few seconds later.
      rig.passUntil(firstMs + 3000)
      rig.detector.summary?.(
        summary({
          ...given,
          firstMs,
          timeMs: firstMs + 990,
          sources: 20_000 * (second + 1),
          overflow: 7,
        }),
      )
    }
    rig.passUntil(START_MS + 10_000)
    const last = rig.findings.at(-1)
    return rig.keys().map((key) => ({ kind: kind.name, key, last }))
  })
  expect(told.map(({ kind, key }) => [kind, key])).toEqual([[name, '10.0.0.9']])
  const facts = new Map(told[0]!.last!.evidence.facts.map((fact) => [fact.name, fact.value]))
  expect(facts.get('sources')).toBe(100_000)
  expect(facts.get('packets of this kind beyond the flow table, to anybody')).toBe(35)
  const [busiest] = told[0]!.last!.evidence.facts
  expect(busiest!.value).toBeGreaterThan(19_000)
  expect(busiest!.value).toBeLessThan(22_000)
})

test('no other detector is told of summaries as of flows', () => {
  const named = DETECTORS.filter((kind) => createDetectorRig(kind).detector.summary)
  expect(named.map(({ name }) => name).toSorted()).toEqual([
    'amplification',
    'fragment-flood',
    'icmp-flood',
    'syn-ack-flood',
    'syn-flood',
    'tcp-flood',
    'udp-flood',
  ])
})
