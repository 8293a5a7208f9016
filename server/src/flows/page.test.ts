/** Tests of the page of an order against sorting everything. */
import { expect, test } from 'vitest'
import { sortedPage } from './page.ts'

let seed = 42
const random = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 8) % below
}

test.each<[string, (i: number) => number]>([
  ['random', () => random(1e6)],
  ['few distinct', () => random(3)],
  ['equal', () => 0],
  ['rising', (i) => i],
  ['falling', (i) => -i],
  ['sawtooth', (i) => i % 17],
])('gives the same page as a full sort of %s keys', (_what, key) => {
  for (const count of [0, 1, 2, 3, 10, 1000]) {
    const keys = Array.from({ length: count }, (_, i) => key(i))
    const compare = (a: number, b: number) => keys[a]! - keys[b]! || a - b
    const sorted = keys.map((_, i) => i).sort(compare)
    for (const [offset, limit] of [
      [0, 5],
      [0, 0],
      [7, 20],
      [990, 100],
      [2000, 10],
      [0, 5000],
      [random(1000), random(100)],
    ] as const) {
      expect([...sortedPage(count, offset, limit, compare)]).toEqual(
        sorted.slice(offset, offset + limit),
      )
    }
  }
})

test('ends even when the keys cannot be compared', () => {
  const nan = () => Number.NaN
  expect(sortedPage(1000, 500, 10, nan)).toHaveLength(10)
  let flip = 1
  const contradictory = () => (flip = -flip)
  expect(sortedPage(1000, 500, 10, contradictory)).toHaveLength(10)
})
