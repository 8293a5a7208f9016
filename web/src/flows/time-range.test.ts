/** Parts of the history. */
import { expect, test } from 'vitest'
import { inputTime, timeRangeOf } from './time-range.ts'

const NOW = new Date(2026, 6, 31, 12, 34, 56).getTime()
const range = (name: Parameters<typeof timeRangeOf>[0]['range'], from = '', to = '') =>
  timeRangeOf({ range: name, from, to }, NOW)

test('fixed ones end now', () => {
  expect(range('15m')).toEqual({ fromMs: NOW - 900_000, toMs: NOW })
  expect(range('24h')).toEqual({ fromMs: NOW - 86_400_000, toMs: NOW })
  expect(range('')).toBeUndefined()
})

test('own ones are of local time, and end now where no end is given', () => {
  const [fromMs, toMs] = [9, 10].map((hour) => new Date(2026, 6, 31, hour).getTime())
  expect(range('custom', '2026-07-31T09:00', '2026-07-31T10:00')).toEqual({ fromMs, toMs })
  expect(range('custom', '2026-07-31T09:00')).toEqual({ fromMs, toMs: NOW })
  expect(inputTime(fromMs!)).toBe('2026-07-31T09:00')
})

test.each([
  ['', ''],
  ['2026-07-31T10:00', '2026-07-31T09:00'],
  ['2026-07-31T10:00', '2026-07-31T10:00'],
  ['yesterday', ''],
  ['2027-01-01T00:00', ''],
])('from %j to %j is none', (from, to) => {
  expect(range('custom', from, to)).toBeUndefined()
})
