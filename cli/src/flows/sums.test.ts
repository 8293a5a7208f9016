/** Sums of the history as people and scripts read them. */
import { expect, test } from 'vitest'
import { formatTable } from '../output/table.ts'
import { amountsOf, seriesColumns, stepsOf, topColumns } from './sums.ts'

const row = { key: '10.0.0.5', value: 7, bytes: 1_500_000, packets: 1200, flows: 3 }

test('the heaviest values of a field have their amounts, and what they were sorted by', () => {
  expect(formatTable(topColumns('src', 'bytes'), [row, { ...row, key: '' }])).toEqual([
    'src         BYTES  PACKETS  FLOWS',
    '10.0.0.5  1.50 MB     1200      3',
    '(none)    1.50 MB     1200      3',
  ])
  const [titles, first] = formatTable(topColumns('src', 'retransmits'), [row])
  expect(titles).toMatch(/^src +RETRANSMITS +BYTES/)
  expect(first).toMatch(/^10\.0\.0\.5 +7 +1\.50 MB/)
})

const startMs = new Date(2026, 6, 31, 12, 0).getTime()

test('one line over time has a bar, the longest at the most', () => {
  const steps = stepsOf({ startMs, stepMs: 60_000, lines: [{ values: [0, 500, 1000] }] })
  expect(formatTable(seriesColumns(steps, 'bytes'), steps)).toEqual([
    'TIME                BYTES',
    '2026-07-31 12:00      0 B',
    `2026-07-31 12:01    500 B  ${'█'.repeat(12)}`,
    `2026-07-31 12:02  1.00 kB  ${'█'.repeat(24)}`,
  ])
})

test('several lines are columns; one that is short is 0 from there on', () => {
  const lines = [{ key: 443, values: [1, 2] }, { key: 53, values: [3] }, { values: [4, 5] }]
  const steps = stepsOf({ startMs, stepMs: 30_000, lines })
  expect(formatTable(seriesColumns(steps, 'flows'), steps)).toEqual([
    'TIME                 443  53  (others)',
    '2026-07-31 12:00:00    1   3         4',
    '2026-07-31 12:00:30    2   0         5',
  ])
  const time = new Date(startMs + 30_000).toISOString()
  expect(amountsOf(steps[1]!)).toEqual([
    { time, key: 443, value: 2 },
    { time, key: 53, value: 0 },
    { time, value: 5 },
  ])
})

test('a series without steps is empty', () => {
  expect(stepsOf({ startMs, stepMs: 1000, lines: [] })).toEqual([])
  expect(formatTable(seriesColumns([], 'bytes'), [])).toEqual(['TIME'])
})
