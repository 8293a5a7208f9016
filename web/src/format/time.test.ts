/** Durations at the borders of their units. */
import { expect, it } from 'vitest'
import { formatAge, formatDateTime, formatDuration, formatLatency, withLocalTimes } from './time.ts'

it.each([
  [0, '0.0 s'],
  [420, '0.4 s'],
  [12_900, '12 s'],
  [185_000, '3 min 05 s'],
  [7_800_000, '2 h 10 min'],
  [273_600_000, '3 d 4 h'],
  [-5, '0.0 s'],
])('shows %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

it('shows an age in one unit', () => {
  expect([4_000, 185_000, 7_800_000, 273_600_000].map(formatAge)).toEqual([
    '4 s',
    '3 min',
    '2 h',
    '3 d',
  ])
})

it('shows a moment with milliseconds, and a dash for no moment', () => {
  expect(formatDateTime(1_700_000_000_123)).toMatch(/^2023-11-1[45] \d\d:\d\d:\d\d\.123$/)
  expect(formatDateTime(Number.NaN)).toBe('–')
})

it.each([
  [0.087, '87 µs'],
  [0.9996, '1.00 ms'],
  [4.2, '4.20 ms'],
  [23.44, '23.4 ms'],
  [240.4, '240 ms'],
  [999.6, '1.00 s'],
  [1304, '1.30 s'],
])('shows a latency of %d ms with three digits as %s', (ms, text) =>
  expect(formatLatency(ms)).toBe(text),
)

it('shows moments within a sentence in local time', () => {
  const at = new Date(2026, 10, 21, 2, 0, 24)
  expect(withLocalTimes(`used up until ${at.toISOString()}.`)).toBe(
    'used up until 2026-11-21 02:00:24.',
  )
})
