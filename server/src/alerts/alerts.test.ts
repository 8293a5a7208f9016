/** What the server keeps of alerts: over restarts, within bounds, and while the database fails. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { madeUpDetection, madeUpEvidence } from '../fakes/made-up-detection.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createAlertChanges } from './alert-changes.ts'
import { createAlertStore } from './alert-store.ts'
import type { AlertStore } from './alert-store.ts'
import { createAlerts } from './alerts.ts'
import type { Alerts } from './alerts.ts'
import { createFeedback } from './feedback.ts'
import { createFeedbackStore } from './feedback-store.ts'
import type { Feedback } from './feedback.ts'

const DAY_MS = 86_400_000
const SAID = { reason: 'pentest', author: 'ann' }
let state: State
let store: AlertStore
let alerts: Alerts
let feedback: Feedback
let warnings: string[]

const log = { warn: (_of: unknown, text?: string) => void warnings.push(text ?? '') }

/** As a server does when it starts, on the same database. */
const begin = (maxAlerts = 100): void => {
  const deps = { now: Date.now, log }
  const limits = { feedbackMaxFactor: 100, feedbackDays: 90 }
  feedback = createFeedback(limits, { ...deps, store: createFeedbackStore(state) }, (id) =>
    alerts.rejudge(id),
  )
  store = createAlertStore(state)
  alerts = createAlerts(
    { retainDays: 10, maxAlerts },
    {
      ...{ ...deps, store: { ...store, save: (changed) => store.save(changed) } },
      ...{ judge: feedback.judge, markOf: feedback.markOf, deviceOf: () => '' },
      changes: createAlertChanges(state),
    },
  )
  feedback.start()
  alerts.start()
}
const end = (): void => {
  alerts.stop()
  feedback.stop()
}

beforeEach(() => {
  vi.useFakeTimers({ now: madeUpDetection().lastMs })
  warnings = []
  state = openState({ path: ':memory:' })
  begin()
})
afterEach(() => {
  end()
  state.close()
  vi.useRealTimers()
})

const stateOf = (id: string) => store.find(id)?.state

test('what went on when the server ended is over, until it is found again: then it is the same alert', () => {
  alerts.take(madeUpDetection())
  end()
  begin()
  expect(stateOf('scan-1')).toBe('ended')
  const { lastMs } = madeUpDetection()
  const again = { id: 'scan-2', firstMs: lastMs + 60_000, lastMs: lastMs + 61_000, count: 3 }
  alerts.take(madeUpDetection(again))
  vi.advanceTimersByTime(1000)
  expect(stateOf('scan-2')).toBeUndefined()
  expect(store.find('scan-1')).toMatchObject({
    state: 'active',
    alert: { firstSeen: '2026-01-15T00:00:00.000Z', count: 33 },
  })
  alerts.take(madeUpDetection({ ...again, count: 4, state: 'ended' }))
  vi.advanceTimersByTime(1000)
  expect(store.find('scan-1')).toMatchObject({ state: 'ended', alert: { count: 34 } })
})

test('what is found again after ten minutes is another one', () => {
  alerts.take(madeUpDetection())
  end()
  begin()
  const { lastMs } = madeUpDetection()
  alerts.take(madeUpDetection({ id: 'scan-2', firstMs: lastMs + 601_000 }))
  vi.advanceTimersByTime(1000)
  expect([stateOf('scan-1'), stateOf('scan-2')]).toEqual(['ended', 'active'])
})

test('what people said holds over a restart', () => {
  alerts.take(madeUpDetection({ state: 'ended' }))
  vi.advanceTimersByTime(1000)
  feedback.mark(store.find('scan-1')!.alert, SAID)
  feedback.suppress('src = 10.0.0.7', Date.now() + DAY_MS, SAID)
  end()
  begin()
  alerts.take(madeUpDetection({ id: 'scan-2', suppressionKey: 'b' }))
  alerts.take(madeUpDetection({ id: 'scan-3', suppressionKey: 'c', source: { ip: '10.0.0.7' } }))
  vi.advanceTimersByTime(1000)
  expect(['scan-1', 'scan-2', 'scan-3'].map(stateOf)).toEqual([
    'false-positive',
    'suppressed',
    'suppressed',
  ])
  vi.advanceTimersByTime(10_000)
  expect(createFeedbackStore(state).suppressions()).toMatchObject([{ hits: 1 }])
})

test('a suppression that has ended lets through what goes on', () => {
  feedback.suppress('src = 192.0.2.7', Date.now() + 60_000, SAID)
  alerts.take(madeUpDetection())
  vi.advanceTimersByTime(1000)
  expect(stateOf('scan-1')).toBe('suppressed')
  vi.advanceTimersByTime(70_000)
  expect(stateOf('scan-1')).toBe('active')
  expect(feedback.suppressions()).toEqual([])
})

test('a mark holds back for so many days', () => {
  alerts.take(madeUpDetection({ state: 'ended' }))
  vi.advanceTimersByTime(1000)
  feedback.mark(store.find('scan-1')!.alert, SAID)
  vi.setSystemTime(Date.now() + 91 * DAY_MS)
  alerts.take(madeUpDetection({ id: 'scan-2', suppressionKey: 'b' }))
  vi.advanceTimersByTime(1000)
  expect(stateOf('scan-2')).toBe('active')
})

test('old ones are removed, and the oldest beyond the bound; what goes on stays', () => {
  end()
  begin(3)
  const at = (lastMs: number) => ({ firstMs: lastMs, lastMs })
  const nowMs = Date.now()
  alerts.take(madeUpDetection({ id: 'old', state: 'ended', ...at(nowMs - 11 * DAY_MS) }))
  alerts.take(madeUpDetection({ id: 'goes on', ...at(nowMs - 11 * DAY_MS) }))
  for (const id of ['a', 'b', 'c'])
    alerts.take(madeUpDetection({ id, state: 'ended', ...at(nowMs - DAY_MS + id.charCodeAt(0)) }))
  vi.advanceTimersByTime(61_000)
  expect(['old', 'goes on', 'a', 'b', 'c'].filter((id) => stateOf(id))).toEqual([
    'goes on',
    'b',
    'c',
  ])
})

test('nothing is lost while the database fails, and it is said once', () => {
  const save = vi.spyOn(store, 'save').mockImplementation(() => {
    throw new Error('disk full')
  })
  alerts.take(madeUpDetection())
  vi.advanceTimersByTime(5000)
  alerts.take(madeUpDetection({ count: 44, evidence: madeUpEvidence(44) }))
  vi.advanceTimersByTime(5000)
  expect(warnings).toEqual(['the alerts cannot be kept'])
  save.mockRestore()
  vi.advanceTimersByTime(1000)
  expect(store.find('scan-1')?.alert.count).toBe(44)
})
