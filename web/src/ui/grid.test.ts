/** Order of sorting and movement by keys, without a browser. */
import { expect, it } from 'vitest'
import { nextSort } from './grid-head.tsx'
import { targetRow } from './use-grid-keys.ts'

it('sorts numbers from the largest and texts from the first, then turns round', () => {
  expect(nextSort('-bytes', 'packets', true)).toBe('-packets')
  expect(nextSort('-bytes', 'src', false)).toBe('src')
  expect(nextSort('src', 'src', false)).toBe('-src')
  expect(nextSort('-src', 'src', false)).toBe('src')
})

it.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 99, 99],
  ['ArrowUp', -1, 0],
  ['ArrowUp', 5, 4],
  ['PageDown', -1, 10],
  ['PageUp', 3, 0],
  ['End', 3, 99],
  ['Home', 3, 0],
])('moves by %s from %d to %d of 100 rows', (key, from, to) => {
  expect(targetRow(key, from, 100, 10)).toBe(to)
})

it('moves nowhere without rows and by no other key', () => {
  expect(targetRow('ArrowDown', -1, 0, 10)).toBeUndefined()
  expect(targetRow('x', 1, 100, 10)).toBeUndefined()
})
