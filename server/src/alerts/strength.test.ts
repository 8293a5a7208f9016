/** How far evidence goes beyond its thresholds. */
import { expect, test } from 'vitest'
import { strengthOf } from './strength.ts'

const strength = (value: number | string, threshold?: string): number =>
  strengthOf({
    reason: '',
    facts: [{ name: 'x', value, ...(threshold && { threshold }) }],
    flows: [],
  })

test.each([
  [30, '>= 15', 2],
  [30, '> 15', 2],
  [3000, '≥ 1,000 packets/s', 3],
  [0.9, '>= 0.45', 2],
  [5, '>= 15', 1],
  [30, '<= 15', 1],
  [30, 'none', 1],
  [30, '>= 0', 1],
  [30, undefined, 1],
  ['30', '>= 15', 1],
  [Number.NaN, '>= 15', 1],
  [Infinity, '>= 15', 1],
])('%s against %s is %s', (value, threshold, expected) => {
  expect(strength(value, threshold)).toBe(expected)
})

test('the strongest fact counts', () => {
  const facts = [
    { name: 'a', value: 20, threshold: '>= 10' },
    { name: 'b', value: 50, threshold: '>= 10' },
  ]
  expect(strengthOf({ reason: '', facts, flows: [] })).toBe(5)
})
