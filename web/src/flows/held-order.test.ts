/** Nothing jumps away under the pointer. */
import { expect, it } from 'vitest'
import { holdOrder } from './held-order.ts'

it('keeps known rows in place, drops the gone and appends the new', () => {
  const held = holdOrder(['d', 'c', 'x', 'a', 'y'], (key) => key, ['a', 'b', 'c', 'd'])
  expect(held).toEqual(['a', 'c', 'd', 'x', 'y'])
})
