/** Models of named columns, and the reasons of a score. */
import { expect, test } from 'vitest'
import { explainRow, scoreValues, trainModel, type Column } from './anomaly-model.ts'
import { scaleOf } from './column-scale.ts'
import { FOREST_DEFAULTS } from './isolation-forest.ts'
import { createRandom } from './random.ts'

const COLUMNS: Column[] = [
  { name: 'bytes', label: 'bytes sent', unit: 'B', isLog: true, leastSpread: 0.2 },
  { name: 'ratio', label: 'failures', unit: '%', leastSpread: 5 },
  { name: 'still', label: 'what never moves', unit: '', leastSpread: 1 },
]

const rows = (count: number): Float64Array => {
  const random = createRandom(4)
  const all = Array.from({ length: count }, () => [
    1000 * 2 ** (4 * random.next()),
    10 * random.next(),
    3,
  ])
  return Float64Array.from(all.flat())
}

const model = trainModel(COLUMNS, rows(1000), FOREST_DEFAULTS)

test('middle and spread of a column are not moved by a few wild values', () => {
  const calm = Float64Array.from({ length: 101 }, (_, i) => i)
  const wild = calm.with(100, 1e12).with(99, -1e12)
  const [before, after] = [scaleOf(calm, 0), scaleOf(wild, 0)]
  expect(before).toMatchObject({ median: 50, low: 1, high: 99, most: 100 })
  expect(before.spread).toBeCloseTo(25 * 1.4826, 6)
  expect(Math.abs(after.median - before.median)).toBeLessThanOrEqual(1)
  expect(after.spread).toBeLessThan(before.spread * 1.1)
})

test('a column that never moves does not make a trifle count', () => {
  expect(scaleOf(new Float64Array(50).fill(7), 2)).toMatchObject({ median: 7, spread: 2 })
  expect(scaleOf(new Float64Array(50).fill(7), 0).spread).toBe(1)
})

test('the score of learned rows is at most the usual one, but for the rarest', () => {
  const scores = scoreValues(model, rows(1000))
  expect(scores.filter((score) => score > model.usual).length).toBeLessThanOrEqual(1)
})

test('the column that is off is named first, with value and range in its own unit', () => {
  const row = Float64Array.of(5_000_000, 4, 3)
  const [first, ...others] = explainRow(model, row)
  expect(first).toMatchObject({ column: { name: 'bytes' }, value: 5_000_000 })
  expect(first!.low).toBeGreaterThan(990)
  expect(first!.low).toBeLessThan(1100)
  expect(first!.high).toBeGreaterThan(14_000)
  expect(first!.high).toBeLessThan(16_001)
  expect(first!.deviation).toBeGreaterThan(4)
  expect(first!.share).toBeGreaterThan(0.7)
  expect(others.reduce((sum, { share }) => sum + share, first!.share)).toBeCloseTo(1, 6)
})

test('of two columns that are off both are named', () => {
  const named = explainRow(model, Float64Array.of(5_000_000, 90, 3))
    .filter(({ share }) => share > 0.2)
    .map(({ column }) => column.name)
  expect(named.toSorted()).toEqual(['bytes', 'ratio'])
})
