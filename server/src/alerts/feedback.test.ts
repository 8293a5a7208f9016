/** What people said ends in time, also while the database fails. */
import { alertOf } from '@netscope/detect/alert.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { openState } from '../state/open-state.ts'
import type { State } from '../state/open-state.ts'
import { createFeedback } from './feedback.ts'
import type { Feedback } from './feedback.ts'
import { createFeedbackStore } from './feedback-store.ts'
import type { FeedbackStore } from './feedback-store.ts'

const DAY_MS = 86_400_000
const TICK_MS = 10_000
const SAID = { reason: 'pentest', author: 'ann' }
const ALERT = { ...alertOf(madeUpDetection({ state: 'ended' })), srcDevice: '', dstDevice: '' }
let state: State
let store: FeedbackStore
let feedback: Feedback
let changes: string[]
let warnings: number
let isFull: boolean

const orFull = <A extends unknown[]>(act: (...given: A) => void) => {
  return (...given: A): void => {
    if (isFull) throw new Error('disk full')
    act(...given)
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: madeUpDetection().lastMs })
  state = openState({ path: ':memory:' })
  store = createFeedbackStore(state)
  changes = []
  warnings = 0
  isFull = false
  feedback = createFeedback(
    { feedbackMaxFactor: 100, feedbackDays: 1 },
    {
      store: {
        ...store,
        removeSuppression: orFull(store.removeSuppression),
        removeMark: orFull(store.removeMark),
      },
      now: Date.now,
      log: { warn: () => void warnings++ },
    },
    orFull((alert?: string) => void changes.push(alert ?? 'all')),
  )
  feedback.start()
})
afterEach(() => {
  feedback.stop()
  state.close()
  vi.useRealTimers()
})

test("an alert's own mark holds no longer than it says", () => {
  feedback.mark(ALERT, SAID)
  const nowMs = Date.now()
  expect(feedback.judge(ALERT, nowMs + DAY_MS - 1).state).toBe('false-positive')
  expect(feedback.judge(ALERT, nowMs + DAY_MS)).toEqual({ state: 'ended', suppressedBy: '' })
})

test('marks that have ended are removed, and what they held is judged anew', () => {
  feedback.mark(ALERT, SAID)
  feedback.mark({ ...ALERT, id: 'scan-2' }, SAID)
  vi.advanceTimersByTime(DAY_MS - TICK_MS)
  expect(feedback.marks()).toHaveLength(2)
  changes = []
  vi.advanceTimersByTime(2 * TICK_MS)
  expect([feedback.marks(), store.marks()]).toEqual([[], []])
  expect(changes.toSorted()).toEqual(['all', 'scan-1', 'scan-2'])
})

test('many marks that have ended at once make room', () => {
  for (let i = 0; i < 10_000; i++) {
    const mark = { alert: `a${i}`, detector: 'd', source: 's', target: 't', severity: 1, factor: 2 }
    store.putMark({ ...mark, ...SAID, createdAtMs: 0, expiresAtMs: 1 })
  }
  feedback.stop()
  feedback.start()
  expect(() => feedback.mark(ALERT, SAID)).toThrow('10000')
  vi.advanceTimersByTime(TICK_MS)
  expect(feedback.mark(ALERT, SAID).alert).toBe('scan-1')
})

test('a full disk ends no process: it is said, and tried again', () => {
  feedback.suppress('src = 192.0.2.7', Date.now() + 1000, SAID)
  feedback.mark(ALERT, SAID)
  changes = []
  isFull = true
  expect(() => vi.advanceTimersByTime(DAY_MS + TICK_MS)).not.toThrow()
  expect(warnings).toBeGreaterThan(0)
  expect([feedback.suppressions().length, store.suppressions().length]).toEqual([1, 1])
  expect([feedback.marks().length, store.marks().length]).toEqual([1, 1])
  isFull = false
  vi.advanceTimersByTime(TICK_MS)
  expect([feedback.suppressions(), store.suppressions()]).toEqual([[], []])
  expect([feedback.marks(), store.marks()]).toEqual([[], []])
  expect(changes.toSorted()).toEqual(['all', 'scan-1'])
})

test('what cannot be judged anew at once is judged anew later', () => {
  feedback.suppress('src = 192.0.2.7', Date.now() + 1000, SAID)
  changes = []
  vi.spyOn(changes, 'push').mockImplementationOnce(() => {
    throw new Error('disk full')
  })
  vi.advanceTimersByTime(TICK_MS)
  expect([feedback.suppressions(), changes, warnings]).toEqual([[], [], 1])
  vi.advanceTimersByTime(TICK_MS)
  expect(changes).toEqual(['all'])
})
