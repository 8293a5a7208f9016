/** Between whom a mark holds, and for how long. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Detection, Party } from '@netscope/detect/detection.ts'
import { expect, test } from 'vitest'
import { madeUpDetection, madeUpEvidence } from '../fakes/made-up-detection.ts'
import type { KeptAlert } from './alert-row.ts'
import { createFalsePositives, factorFor, sourceOf, targetOf } from './false-positives.ts'
import type { FalsePositiveMark } from './false-positives.ts'

const keptOf = (given: Partial<Detection>): KeptAlert => ({
  ...alertOf(madeUpDetection(given)),
  srcDevice: '',
  dstDevice: '',
})
const markOf = (alert: KeptAlert): FalsePositiveMark => ({
  ...{ alert: alert.id, detector: alert.detector, severity: alert.severity },
  ...{ source: sourceOf(alert), target: targetOf(alert), factor: factorFor(alert, 100) },
  ...{ reason: 'ours', author: 'ann', createdAtMs: 0, expiresAtMs: 1000 },
})

const RESOLVER = { ip: '10.0.0.53', mac: '02:00:00:00:00:53', name: 'cdn.example' }

test.each<[string, Party, boolean]>([
  ['the same', RESOLVER, true],
  ['another domain by the same resolver', { ...RESOLVER, name: 'evil.example' }, false],
  ['another MAC', { ...RESOLVER, mac: '02:00:00:00:00:54' }, false],
  ['another address', { ...RESOLVER, ip: '10.0.0.54' }, false],
  ['no domain', { ip: RESOLVER.ip, mac: RESOLVER.mac }, false],
  ['a domain that reads like all three', { name: Object.values(RESOLVER).join(' ') }, false],
])('a mark of a tunnel by a resolver says of %s: %s', (_words, target, isHeld) => {
  const marks = createFalsePositives()
  marks.put(markOf(keptOf({ detector: 'dns-tunnel', target: RESOLVER })))
  const next = keptOf({ id: 'next', detector: 'dns-tunnel', target })
  expect(marks.holding(next, 0) !== undefined).toBe(isHeld)
})

test('what is far above its demand is an alert, whatever else is large in its evidence', () => {
  const history = { name: 'hours of history', value: 720, threshold: '>= 24' }
  const evidenceOf = (value: number) => {
    const { facts, ...rest } = madeUpEvidence(value)
    return { ...rest, facts: [...facts, history] }
  }
  const alert = keptOf({ evidence: evidenceOf(15) })
  expect(factorFor(alert, 100)).toBe(2)
  const marks = createFalsePositives()
  marks.put(markOf(alert))
  expect(marks.holding(keptOf({ id: 'b', evidence: evidenceOf(29) }), 0)).toBeDefined()
  expect(marks.holding(keptOf({ id: 'c', evidence: evidenceOf(30) }), 0)).toBeUndefined()
})

test('where nothing is demanded it is held back whole, but never what is 20 more severe', () => {
  const evidence = {
    reason: '',
    facts: [{ name: 'packets', value: 9, threshold: '>= 1' }],
    flows: [],
  }
  const marks = createFalsePositives()
  marks.put(markOf(keptOf({ evidence })))
  const strong = { ...evidence, facts: [{ name: 'packets', value: 9e9, threshold: '>= 1' }] }
  expect(marks.holding(keptOf({ id: 'b', evidence: strong, severity: 59 }), 0)).toBeDefined()
  expect(marks.holding(keptOf({ id: 'c', evidence: strong, severity: 60 }), 0)).toBeUndefined()
})
