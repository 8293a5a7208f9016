/** The tables that a benchmark prints. */
import { median, minimum, pairedRatio } from './statistics.ts'

export interface Goal {
  text: string
  reached: boolean
}

export interface Row {
  name: string
  /** Cells of the other columns. */
  cells: string[]
  goal?: Goal
}

export interface Table {
  title: string
  /** Heads of all columns but the first and the goal. */
  columns: string[]
  rows: Row[]
  /** What a reader must know to judge the figures. */
  notes?: string[]
}

/** At most three figures that mean something. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1000) return String(Math.round(value))
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}

export const atMost = (value: number, limit: number, unit: string): Goal => ({
  text: `≤ ${limit}${unit}`,
  reached: value <= limit,
})

export const atLeast = (value: number, limit: number, unit: string): Goal => ({
  text: `≥ ${limit}${unit}`,
  reached: value >= limit,
})

/** Median, minimum and paired ratio of samples to their baseline. */
export const sampleCells = (samples: readonly number[], baseline: readonly number[]): string[] => [
  figure(median(samples)),
  figure(minimum(samples)),
  `${figure(pairedRatio(samples, baseline))} ×`,
]

const goalCell = (goal: Goal | undefined): string =>
  goal ? `${goal.text} ${goal.reached ? 'reached' : 'NOT reached'}` : ''

/** As Markdown, so that it can be pasted into bench/README.md, aligned for a terminal. */
export const formatTable = (table: Table): string => {
  const head = ['', ...table.columns, 'to reach']
  const body = table.rows.map(({ name, cells, goal }) => [name, ...cells, goalCell(goal)])
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((row) => row[i]?.length ?? 0)))
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  const notes = (table.notes ?? []).map((note) => `  ${note}`)
  return [
    `\n${table.title}`,
    '',
    line(head),
    rule,
    ...body.map(line),
    ...(notes.length ? ['', ...notes] : []),
  ].join('\n')
}
