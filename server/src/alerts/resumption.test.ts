/** What is said of an alert that goes on after a restart. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import { expect, test } from 'vitest'
import { madeUpDetection, madeUpEvidence } from '../fakes/made-up-detection.ts'
import { createResumption } from './resumption.ts'

const BAD = { severity: 75, title: 'bad', evidence: madeUpEvidence(99) }

const resumed = (given: Partial<Detection>) => {
  const before = { ...alertOf(madeUpDetection(BAD)), srcDevice: '', dstDevice: '' }
  const { lastMs } = madeUpDetection()
  const times = { firstMs: lastMs + 1000, lastMs: lastMs + 2000 }
  return createResumption([before]).resume(
    alertOf(madeUpDetection({ id: 'scan-2', count: 3, title: 'after', ...times, ...given })),
  )
}

test('is said by the worst finding, while it goes on as the later one says', () => {
  expect(resumed({ severity: 40, version: 2, state: 'ended' })).toMatchObject({
    ...{ id: 'scan-1', severity: 75, label: 'high', title: 'bad', evidence: BAD.evidence },
    ...{ version: 2, state: 'ended', count: 33, firstSeen: '2026-01-15T00:00:00.000Z' },
    lastSeen: '2026-01-15T00:00:07.000Z',
  })
})

test.each([75, 90])('is said by the later one where that is not less: %i', (severity) => {
  expect(resumed({ severity, evidence: madeUpEvidence(20) })).toMatchObject({
    ...{ id: 'scan-1', severity, title: 'after', evidence: madeUpEvidence(20), count: 33 },
  })
})
