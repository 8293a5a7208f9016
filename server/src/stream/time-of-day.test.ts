/** Tests of the time of day in a time zone. */
import { expect, test } from 'vitest'
import { createTimeOfDay } from './time-of-day.ts'

const at = (timezone: string, iso: string) => createTimeOfDay(timezone)(Date.parse(iso))

test.each([
  ['', '2026-01-02T03:04:05.006Z', '03:04:05.006'],
  ['', '2026-01-02T00:00:00.000Z', '00:00:00.000'],
  ['', '2026-01-02T23:59:59.999Z', '23:59:59.999'],
  ['Europe/Berlin', '2026-01-15T12:00:00.050Z', '13:00:00.050'],
  ['Europe/Berlin', '2026-07-15T12:00:00.050Z', '14:00:00.050'],
  ['Asia/Kolkata', '2026-07-15T12:00:00.000Z', '17:30:00.000'],
  ['America/New_York', '2026-07-15T02:00:00.000Z', '22:00:00.000'],
])('in zone "%s", %s is %s', (timezone, iso, expected) => {
  expect(at(timezone, iso)).toBe(expected)
})

test('follows the clock change within one formatter, forth and back', () => {
  const timeOfDay = createTimeOfDay('Europe/Berlin')
  const change = Date.parse('2026-03-29T01:00:00Z')
  expect([-1, 0, 999, -1].map((offset) => timeOfDay(change + offset))).toEqual([
    '01:59:59.999',
    '03:00:00.000',
    '03:00:00.999',
    '01:59:59.999',
  ])
})

test('cuts fractions of a millisecond, never rounds up into the next second', () => {
  expect(createTimeOfDay('')(1999.9996)).toBe('00:00:01.999')
})
