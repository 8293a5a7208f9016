/** What becomes of a stored choice of columns. */
import { expect, it } from 'vitest'
import { flowColumns } from './flow-columns.tsx'
import { createRateHistory } from './rate-history.ts'
import { DEFAULT_COLUMNS, readColumns } from './use-column-choice.ts'

it('shows the default where nothing is stored, and always who talks with whom', () => {
  expect(readColumns(undefined)).toBe(DEFAULT_COLUMNS)
  expect(readColumns('')).toEqual(['src', 'dst'])
  expect(new Set(readColumns('rtt,dst,gone'))).toEqual(new Set(['src', 'dst', 'rtt', 'gone']))
})

it('has a column for every key of the default, each with a rank of its own', () => {
  const columns = flowColumns(createRateHistory(), 0)
  const keys = columns.map(({ key }) => key)
  expect(DEFAULT_COLUMNS.filter((key) => !keys.includes(key))).toEqual([])
  expect(new Set(columns.map(({ rank }) => rank)).size).toBe(columns.length)
})
