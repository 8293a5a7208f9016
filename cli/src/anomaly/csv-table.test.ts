/** CSV of numbers. */
import { expect, test } from 'vitest'
import { createCsvReader } from './csv-table.ts'

const read = (...lines: string[]) => {
  const reader = createCsvReader('x.csv')
  lines.forEach((line, at) => reader.add(line, at + 1))
  const { columns, values } = reader.table()
  return { names: columns.map(({ name }) => name), values: [...values], skipped: reader.skipped() }
}

test.each(['a,b', 'a;b', 'a\tb', '"a", "b"'])('with names: %s', (header) => {
  const separator = /[;\t]/.exec(header)?.[0] ?? ','
  const rows = [
    ['1', '-2.5'],
    ['3e3', '0'],
  ].map((row) => row.join(separator))
  expect(read(header, ...rows, '')).toEqual({
    names: ['a', 'b'],
    values: [1, -2.5, 3000, 0],
    skipped: [],
  })
})

test('without names; columns that are no numbers are left out, and told', () => {
  expect(read('1,2', '3,4')).toEqual({
    names: ['column 1', 'column 2'],
    values: [1, 2, 3, 4],
    skipped: [],
  })
  expect(read('host,load', '"a, ""b""",5', 'c,6')).toEqual({
    names: ['load'],
    values: [5, 6],
    skipped: ['host'],
  })
})

test.each([
  [['a,b', '1,2', '3,x'], 'x.csv, line 3: b is no number'],
  [['a,b', '1,2', '3,'], 'x.csv, line 3: b is no number'],
  [['a,b', '1,2', '3,Infinity'], 'x.csv, line 3: b is no number'],
  [['a,b', '1,2', '3'], 'x.csv, line 3: 1 fields, where the first line has 2'],
  [['a,b', 'c,d'], 'x.csv, line 2: no column is a number'],
])('what is wrong is told with its line: %#', (lines, message) => {
  expect(() => read(...lines)).toThrow(message)
})
