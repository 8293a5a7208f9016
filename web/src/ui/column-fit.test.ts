/** Which columns stay when a table becomes narrow. */
import { expect, it } from 'vitest'
import { fitColumns } from './column-fit.ts'

const COLUMNS = [
  { key: 'verdict', width: 50, rank: 3 },
  { key: 'client', width: 150, grow: 2, rank: 1 },
  { key: 'rate', width: 70, rank: 2 },
]
const keys = (room: number) => fitColumns(COLUMNS, room).columns.map(({ key }) => key)

it('keeps all columns in their order where there is room, and lets the growing ones take the rest', () => {
  expect(fitColumns(COLUMNS, 310)).toEqual({
    columns: COLUMNS,
    template: '50px minmax(150px, 2fr) 70px',
  })
})

it('leaves out the least wanted column as soon as a pixel is missing', () => {
  expect(keys(309)).toEqual(['client', 'rate'])
})

it('never lets a narrow column stay in the place of one that is wanted more', () => {
  expect(keys(251)).toEqual(['client'])
})

it('keeps the most wanted column however narrow it is', () => {
  expect(keys(10)).toEqual(['client'])
})
