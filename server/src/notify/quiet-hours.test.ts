/** Days and quiet hours by the clocks of the world, also on the days when these are put forward or back. */
import { expect, test } from 'vitest'
import { nextDayMs, quietUntilMs } from './quiet-hours.ts'

const NIGHT = { from: '22:00', to: '07:00' }
const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString()

test.each([
  ['2026-01-15T21:59:59.999Z', 'UTC', undefined],
  ['2026-01-15T22:00:00.000Z', 'UTC', '2026-01-16T07:00:00.000Z'],
  ['2026-01-16T06:59:59.999Z', 'UTC', '2026-01-16T07:00:00.000Z'],
  ['2026-01-16T07:00:00.000Z', 'UTC', undefined],
  ['2026-01-15T21:30:00.000Z', 'Europe/Berlin', '2026-01-16T06:00:00.000Z'],
  ['2026-01-15T16:45:00.000Z', 'Asia/Kathmandu', '2026-01-16T01:15:00.000Z'],
  // Clocks are put forward at 02:00 and back at 03:00.
  ['2026-03-28T22:00:00.000Z', 'Europe/Berlin', '2026-03-29T05:00:00.000Z'],
  ['2026-10-24T21:00:00.000Z', 'Europe/Berlin', '2026-10-25T06:00:00.000Z'],
])('at %s in %s it is quiet until %s', (now, zone, until) => {
  expect(iso(quietUntilMs(at(now), NIGHT, zone))).toBe(until)
})

test.each([
  // From 02:00 to 03:00 there is no time of the day.
  ['2026-03-28T22:30:00.000Z', '02:30', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29T00:30:00.000Z', '02:30', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29T00:59:59.999Z', '02:00', '2026-03-29T01:00:00.000Z'],
  ['2026-03-29T01:00:00.000Z', '02:30', undefined],
  // From 02:00 to 03:00 it is twice.
  ['2026-10-24T22:30:00.000Z', '02:30', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T01:10:00.000Z', '02:30', '2026-10-25T01:30:00.000Z'],
])('at %s in Berlin, where clocks change, quiet to %s is until %s', (now, to, until) => {
  expect(iso(quietUntilMs(at(now), { from: '22:00', to }, 'Europe/Berlin'))).toBe(until)
})

test('a day that begins at one begins then, and is not over before', () => {
  const zone = 'America/Santiago'
  expect(iso(nextDayMs(at('2026-09-05T12:00:00Z'), zone))).toBe('2026-09-06T04:00:00.000Z')
  expect(iso(nextDayMs(at('2026-09-06T03:00:00Z'), zone))).toBe('2026-09-06T04:00:00.000Z')
  expect(iso(nextDayMs(at('2026-09-06T04:00:00Z'), zone))).toBe('2026-09-07T03:00:00.000Z')
})

test('hours within a day are quiet too', () => {
  const noon = { from: '12:00', to: '13:30' }
  expect(iso(quietUntilMs(at('2026-01-15T12:10:00Z'), noon, 'UTC'))).toBe(
    '2026-01-15T13:30:00.000Z',
  )
  expect(quietUntilMs(at('2026-01-15T13:30:00Z'), noon, 'UTC')).toBeUndefined()
})

test.each([
  ['2026-01-15T12:00:00.000Z', 'UTC', '2026-01-16T00:00:00.000Z'],
  ['2026-01-15T00:00:00.000Z', 'UTC', '2026-01-16T00:00:00.000Z'],
  ['2026-01-15T23:30:00.000Z', 'Europe/Berlin', '2026-01-16T23:00:00.000Z'],
  ['2026-03-29T10:00:00.000Z', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25T00:00:00.000Z', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
])('after %s in %s the next day begins at %s', (now, zone, begin) => {
  expect(iso(nextDayMs(at(now), zone))).toBe(begin)
})
