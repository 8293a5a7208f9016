/** Tests of when a flow that lives is stored in part. */
import { expect, test } from 'vitest'
import { createDueParts } from './due-parts.ts'

test('a part is due each time the time has passed, and never of a flow that just began', () => {
  const parts = createDueParts(100)
  const due = [0, 50, 99, 100, 150, 199, 200, 450, 451].filter((now) => parts.isDue('a', 1, now))
  expect(due).toEqual([100, 200, 450])
  expect(parts.isDue('b', 1, 1000)).toBe(false)
  parts.ended('a', 1)
  expect(parts.isDue('a', 1, 1000)).toBe(false)
})
