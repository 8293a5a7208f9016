/** CSV of numbers (RFC 4180, fields on one line; commas, semicolons or tabs). */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Column } from '@netscope/detect/anomaly/anomaly-model.ts'

export interface Table {
  columns: Column[]
  /** Row after row. */
  values: Float64Array
}

export interface CsvReader {
  /** `number`: of the line, from 1. Throws `anomaly.input`. */
  add(line: string, number: number): void
  table(): Table
  /** Columns that hold no numbers. */
  skipped(): readonly string[]
}

/** 160 MB: what is learned and scored is held in memory. */
const MAX_VALUES = 20_000_000
const MAX_COLUMNS = 1000

const separatorOf = (line: string): string =>
  ['\t', ';'].find((separator) => line.includes(separator)) ?? ','

const cellsOf = (line: string, separator: string): string[] => {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim())
  const cells: string[] = []
  let [cell, quoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!
    if (quoted && character === '"' && line[i + 1] === '"') cell += line[++i]!
    else if (character === '"') quoted = !quoted
    else if (character === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  return [...cells, cell.trim()]
}

const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell !== '' && Number.isFinite(Number(cell))

export const createCsvReader = (file: string): CsvReader => {
  let separator = ''
  let names: string[] | undefined
  /** Which cells of a line are numbers; undefined before the first row of them. */
  let chosen: number[] | undefined
  let values = new Float64Array(1024)
  let held = 0

  const refuse = (number: number, reason: string) =>
    new NetscopeError('anomaly.input', { place: `${file}, line ${number}`, reason })

  const choose = (cells: readonly string[], number: number): number[] => {
    const all = cells.map((_, at) => at).filter((at) => isNumber(cells[at]))
    if (all.length === 0) throw refuse(number, 'no column is a number')
    if (all.length > MAX_COLUMNS) throw refuse(number, `more than ${MAX_COLUMNS} columns`)
    return all
  }

  const put = (value: number, number: number): void => {
    if (held === MAX_VALUES) throw refuse(number, `more than ${MAX_VALUES} numbers in all`)
    if (held === values.length) {
      const grown = new Float64Array(2 * held)
      grown.set(values)
      values = grown
    }
    values[held++] = value
  }

  return {
    add(line, number) {
      if (line.trim() === '') return
      separator ||= separatorOf(line)
      const cells = cellsOf(line, separator)
      if (!names) {
        const isHeader = !cells.some(isNumber)
        names = cells.map((cell, at) => (isHeader ? cell : `column ${at + 1}`))
        if (isHeader) return
      }
      if (cells.length !== names.length)
        throw refuse(number, `${cells.length} fields, where the first line has ${names.length}`)
      chosen ??= choose(cells, number)
      for (const at of chosen) {
        if (!isNumber(cells[at])) throw refuse(number, `${names[at]} is no number`)
        put(Number(cells[at]), number)
      }
    },
    table: () => ({
      columns: (chosen ?? []).map((at) => ({
        name: names?.[at] ?? '',
        label: names?.[at] ?? '',
        unit: '',
        leastSpread: 0,
      })),
      values: values.slice(0, held),
    }),
    skipped: () => (names ?? []).filter((_, at) => chosen !== undefined && !chosen.includes(at)),
  }
}
