/** RTT histograms on one scale. */
import { RTT_BUCKETS } from '@netscope/core/rtt-bucket.ts'
import { expect, it } from 'vitest'
import { rttScale } from './rtt-scale.ts'

const counts = (samples: Record<number, number>) =>
  Array.from({ length: RTT_BUCKETS }, (_, index) => samples[index] ?? 0)

it('has no scale without samples', () => {
  expect(rttScale([])).toBeUndefined()
  expect(rttScale([{ counts: counts({}) }, { counts: [] }])).toBeUndefined()
})

it('puts the four buckets of a doubling into one bar', () => {
  const scale = rttScale([{ counts: counts({ 40: 1, 41: 2, 43: 4, 44: 8 }) }])
  expect(scale?.bars).toEqual([[7, 8]])
})

it('shows all histograms from the first to the last bar that any of them uses', () => {
  const scale = rttScale([{ counts: counts({ 36: 5 }) }, { counts: counts({ 47: 3 }) }])
  expect(scale).toEqual({
    bars: [
      [5, 0, 0],
      [0, 0, 3],
    ],
    fromUs: 512,
    toUs: 4096,
  })
})

it('loses no sample', () => {
  const all = counts(Object.fromEntries(Array.from({ length: RTT_BUCKETS }, (_, i) => [i, i])))
  const sum = (of: readonly number[]) => of.reduce((total, count) => total + count, 0)
  expect(sum(rttScale([{ counts: all }])?.bars[0] ?? [])).toBe(sum(all))
})
