/** The arithmetic of the risk. */
import { expect, test } from 'vitest'
import { combine, couldCross } from './risk.ts'

const DAY = 86_400_000
const says = (weight: number, probability: number, rest = {}) => ({
  ...{ source: 's', weight, probability, trust: 0, ageMs: 0 },
  ...rest,
})

test('unknown is no 0', () => {
  expect(combine([], 7 * DAY).value).toBeUndefined()
  expect(combine([says(0.9, 0)], 7 * DAY).value).toBe(0)
})

test('one strong source is enough, two weak ones do not add up to certainty', () => {
  expect(combine([says(0.9, 1)], 7 * DAY).value).toBe(90)
  expect(combine([says(0.3, 1), says(0.4, 1)], 7 * DAY).value).toBe(58)
})

test('age halves it, trust takes most of it away, and the arithmetic says so', () => {
  expect(combine([says(0.8, 1, { ageMs: 7 * DAY })], 7 * DAY).value).toBe(40)
  const { value, arithmetic } = combine(
    [says(0.8, 0.5, { source: 'abuseipdb' }), says(0.7, 0, { source: 'greynoise', trust: 0.8 })],
    7 * DAY,
  )
  expect(value).toBe(17.6)
  expect(arithmetic).toBe(
    '100 · (1 − (1 − 0.8·0.5·1 [abuseipdb])) · (1 − 0.7·0.8 [greynoise]) = 17.6',
  )
})

test('asking is worth something only where the other side can be reached', () => {
  const open = [{ weight: 0.4, mayTrust: false }]
  expect(couldCross(undefined, open, 50)).toBe(false)
  expect(couldCross(20, open, 50)).toBe(true)
  expect(couldCross(90, open, 50)).toBe(false)
  expect(couldCross(90, [{ weight: 0.7, mayTrust: true }], 50)).toBe(true)
})
