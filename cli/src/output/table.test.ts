/** Tables that fit the terminal. */
import { expect, test } from 'vitest'
import { displayWidth } from './printable.ts'
import { createTableLayout, formatTable, type Column } from './table.ts'

interface Row {
  name: string
  count: number
  note: string
}
const COLUMNS: Column<Row>[] = [
  { title: 'NAME', least: 6, text: ({ name }) => name },
  { title: 'COUNT', right: true, text: ({ count }) => String(count) },
  { title: 'NOTE', dropOrder: 1, text: ({ note }) => note },
]
const rows: Row[] = [
  { name: 'a.example.com', count: 7, note: 'first' },
  { name: '日本.example', count: 12345, note: 'x' },
]

test('columns stand in line, figures at the right', () => {
  expect(formatTable(COLUMNS, rows)).toEqual([
    'NAME           COUNT  NOTE',
    'a.example.com      7  first',
    '日本.example   12345  x',
  ])
})

test('names are cut before a column is left out, and columns before the line is cut', () => {
  expect(formatTable(COLUMNS, rows, 22)).toEqual([
    'NAME      COUNT  NOTE',
    'a.examp…      7  first',
    '日本.ex…  12345  x',
  ])
  expect(formatTable(COLUMNS, rows, 17)).toEqual([
    'NAME        COUNT',
    'a.example…      7',
    '日本.exam…  12345',
  ])
})

test.each([0, 1, 5, 12, 13, 20, 40])('no line has more than %i columns', (room) => {
  const widths = formatTable(COLUMNS, rows, room).map(displayWidth)
  expect(Math.max(...widths)).toBeLessThanOrEqual(room)
})

test('of rows that come over time the columns only grow, and stay where they were', () => {
  const layout = createTableLayout(COLUMNS, 60)
  expect(layout.rows(rows.slice(0, 1))).toEqual(['a.example.com      7  first'])
  expect(layout.titles()).toBe('NAME           COUNT  NOTE')
  expect(layout.rows([{ name: 'b', count: 1234567, note: '' }])).toEqual(['b              1234567'])
  expect(layout.rows(rows.slice(0, 1))).toEqual(['a.example.com        7  first'])
})

test('a cell cannot steer the terminal', () => {
  expect(formatTable(COLUMNS, [{ name: '\u001b[2J', count: 1, note: '' }]).join('')).not.toContain(
    '\u001b',
  )
})
