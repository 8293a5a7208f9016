/** Numbers that look random. */
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

const draw = (seed: number, count: number): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.next())
}

test('the same seed gives the same numbers, another one others, beyond 32 bits too', () => {
  expect(draw(7, 100)).toEqual(draw(7, 100))
  const beginnings = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => draw(seed, 4).join())
  expect(new Set(beginnings).size).toBe(beginnings.length)
})

test('they fill the range evenly', () => {
  const tenths = new Uint32Array(10)
  for (const value of draw(1, 100_000)) tenths[Math.floor(value * 10)]!++
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('below a bound every whole number comes, and no other', () => {
  const random = createRandom(3)
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)))
  expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
