/** The ledger: bounds by minute, day and month, over restarts. */
import { expect, test } from 'vitest'
import { openState } from '../state/open-state.ts'
import { createLedger } from './ledger.ts'

const QUOTA = { perMinute: 2, perDay: 3, perMonth: 4 }
const START = Date.UTC(2026, 0, 30, 12)
const DAY = 86_400_000

test('counts by minute, day and month, and a restart gives nothing back', () => {
  let nowMs = START
  const state = openState({ path: ':memory:' })
  const now = () => nowMs
  const ledger = createLedger(state, now)
  const take = () => createLedger(state, now).take('p', QUOTA)?.period ?? 'taken'
  expect([take(), take(), take()]).toEqual(['taken', 'taken', 'minute'])
  nowMs += 60_000
  expect([take(), take()]).toEqual(['taken', 'day'])
  nowMs += DAY
  expect([take(), take()]).toEqual(['taken', 'month'])
  expect(ledger.hasRoom('p', QUOTA)).toBe(false)
  expect(ledger.hasRoom('other', QUOTA)).toBe(true)
  nowMs += 2 * DAY
  expect(take()).toBe('taken')
  state.close()
})

test('whoever wants to be left alone is, for so long', () => {
  let nowMs = START
  const state = openState({ path: ':memory:' })
  const ledger = createLedger(state, () => nowMs)
  ledger.pause('p', START + 1000, 'limit')
  expect(createLedger(state, () => nowMs).paused('p')?.reason).toBe('limit')
  nowMs += 1000
  expect(ledger.paused('p')).toBeUndefined()
  state.close()
})
