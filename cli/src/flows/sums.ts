/** Sums of the history as rows: the values of a field that have most, and amounts over time. */
import type { AnswerOf } from '@netscope/core/api/client.ts'
import type { Column } from '../output/table.ts'
import { formatBytes } from '../output/units.ts'
import type { Measure } from './options.ts'

export type TopRow = AnswerOf<'topFlows'>['rows'][number]

const BAR_COLUMNS = 24
const KEY_LEAST = 12
const COMMON: readonly Measure[] = ['bytes', 'packets', 'flows']

const isBytes = (measure: Measure): boolean => measure.toLowerCase().endsWith('bytes')
const amountText = (measure: Measure, value: number): string =>
  isBytes(measure) ? formatBytes(value) : String(value)
/** Of a field that a flow need not have. */
const keyText = (key: string | number): string => (key === '' ? '(none)' : String(key))

export const topColumns = (field: string, measure: Measure): Column<TopRow>[] => {
  const value: Column<TopRow> = {
    title: measure.toUpperCase(),
    right: true,
    text: (row) => amountText(measure, row.value),
  }
  return [
    { title: field, least: KEY_LEAST, text: ({ key }) => keyText(key) },
    ...(COMMON.includes(measure) ? [] : [value]),
    { title: 'BYTES', right: true, text: ({ bytes }) => formatBytes(bytes) },
    { title: 'PACKETS', right: true, text: ({ packets }) => String(packets) },
    { title: 'FLOWS', right: true, text: ({ flows }) => String(flows) },
  ]
}

/** Of one step. */
export interface Step {
  atMs: number
  /** As the lines of the series; without a key: everything, or with keys all others. */
  amounts: { key?: string | number; value: number }[]
}

/** A line that is missing at a step is 0 there. */
export const stepsOf = ({ startMs, stepMs, lines }: AnswerOf<'flowSeries'>): Step[] => {
  const count = Math.max(0, ...lines.map(({ values }) => values.length))
  return Array.from({ length: count }, (_, step) => ({
    atMs: startMs + step * stepMs,
    amounts: lines.map(({ key, values }) => ({
      ...(key !== undefined && { key }),
      value: values[step] ?? 0,
    })),
  }))
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local, without seconds where steps are minutes. */
const timeText = (atMs: number, withSeconds: boolean): string => {
  const at = new Date(atMs)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const seconds = withSeconds ? `:${two(at.getSeconds())}` : ''
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}${seconds}`
}

export const seriesColumns = (steps: readonly Step[], measure: Measure): Column<Step>[] => {
  const keys = steps[0]?.amounts.map(({ key }) => key) ?? []
  const withSeconds = steps.some(({ atMs }) => atMs % 60_000 !== 0)
  const time: Column<Step> = { title: 'TIME', text: ({ atMs }) => timeText(atMs, withSeconds) }
  const amounts = keys.map((key, i): Column<Step> => {
    const isAll = key === undefined && keys.length === 1
    return {
      title: isAll ? measure.toUpperCase() : key === undefined ? '(others)' : keyText(key),
      right: true,
      // The heaviest stay longest.
      ...(i > 0 && { dropOrder: i }),
      text: (step) => amountText(measure, step.amounts[i]?.value ?? 0),
    }
  })
  return keys.length === 1 ? [time, ...amounts, bar(steps)] : [time, ...amounts]
}

const bar = (steps: readonly Step[]): Column<Step> => {
  const most = Math.max(1, ...steps.map(({ amounts }) => amounts[0]?.value ?? 0))
  return {
    title: '',
    dropOrder: 1,
    text: ({ amounts }) => '█'.repeat(Math.round((BAR_COLUMNS * (amounts[0]?.value ?? 0)) / most)),
  }
}

/** What a script reads: an object for each amount. */
export const amountsOf = ({ atMs, amounts }: Step): object[] =>
  amounts.map((amount) => ({ time: new Date(atMs).toISOString(), ...amount }))
