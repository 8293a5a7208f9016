/** How far evidence goes beyond what is demanded. */
import { expect, test } from 'vitest'
import { strengthOf } from './strength.ts'

const strength = (value: number | string, demand?: number, threshold?: string): number =>
  strengthOf({
    reason: '',
    facts: [
      {
        name: 'x',
        value,
        ...(threshold && { threshold }),
        ...(demand !== undefined && { demand }),
      },
    ],
    flows: [],
  })

test.each([
  [30, 15, 2],
  [3000, 1000, 3],
  [0.9, 0.45, 2],
  [5, 15, 1],
  [30, 0, 1],
  [30, -15, 1],
  [30, undefined, 1],
  ['30', 15, 1],
  [Number.NaN, 15, 1],
  [Infinity, 15, 1],
  [30, Number.NaN, 1],
])('%s where %s is demanded is %s', (value, demand, expected) => {
  expect(strength(value, demand)).toBe(expected)
})

test.each(['>= 15', '> 15', '≥ 1,000 packets/s', '<= 15', 'none'])(
  'a threshold in words says nothing: %s',
  (threshold) => {
    expect(strength(3000, undefined, threshold)).toBe(1)
  },
)

test('the strongest fact counts', () => {
  const facts = [
    { name: 'a', value: 20, threshold: '>= 10', demand: 10 },
    { name: 'b', value: 50, threshold: '>= 10', demand: 10 },
    { name: 'c', value: 720, threshold: '>= 10' },
  ]
  expect(strengthOf({ reason: '', facts, flows: [] })).toBe(5)
})
