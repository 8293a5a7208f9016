/** How scores and their causes are printed. */
import { amountText, causeText, rangeText } from '@netscope/detect/anomaly/unusual.ts'
import { isOutside, type Cause } from '@netscope/detect/anomaly/anomaly-model.ts'
import type { Column } from '../output/table.ts'
import { formatTime } from '../output/units.ts'
import type { Judged } from './judge-rows.ts'

/** More do not help anybody. */
const MOST_CAUSES = 3

const isWindow = ({ device }: Judged): boolean => device !== ''

/** `10.0.0.5 2026-07-31T12:05:00.000Z`, or the row's number. */
export const idOf = (judged: Judged): string =>
  isWindow(judged)
    ? `${judged.device} ${new Date(judged.startMs).toISOString()}`
    : String(judged.row)

const scoreText = ({ score }: Judged): string => (score === undefined ? '–' : score.toFixed(3))

const whyText = (judged: Judged): string => {
  const { causes, score, model, isPartial } = judged
  if (score === undefined) return 'nothing is known of it yet'
  const outside = causes.filter((cause) => isOutside(cause) && cause.share > 0)
  const texts = outside.slice(0, MOST_CAUSES).map(causeText)
  if (model === 'all' && isWindow(judged)) texts.push('compared with all')
  if (isPartial) texts.push('not a whole window')
  return texts.join('; ')
}

const TIME_COLUMNS = (nowMs: number): Column<Judged>[] => [
  { title: 'TIME', text: ({ startMs }) => formatTime(new Date(startMs).toISOString(), nowMs) },
  { title: 'DEVICE', text: ({ device }) => device },
]

export const judgedColumns = (rows: readonly Judged[], nowMs: number): Column<Judged>[] => [
  ...(rows.some(isWindow)
    ? TIME_COLUMNS(nowMs)
    : [{ title: 'ROW', right: true, text: ({ row }: Judged) => String(row) }]),
  { title: 'SCORE', right: true, text: scoreText },
  {
    title: 'USUAL TO',
    right: true,
    text: ({ score, usual }) => (score === undefined ? '' : usual.toFixed(3)),
  },
  { title: 'WHY', least: 20, text: whyText },
]

const causeJson = ({ column, value, low, high, median, deviation, share }: Cause) => ({
  feature: column.name,
  label: column.label,
  unit: column.unit,
  value,
  low,
  high,
  median,
  deviation: Number(deviation.toPrecision(6)),
  share: Number(share.toPrecision(6)),
})

/** `score` null: nothing is known of it yet. */
export const judgedJson = (judged: Judged) => {
  const { row, device, startMs, isPartial, score, model, usual, causes } = judged
  return {
    ...(isWindow(judged)
      ? { device, time: new Date(startMs).toISOString(), partial: isPartial }
      : { row }),
    score: score === undefined ? null : Number(score.toFixed(6)),
    model,
    usual: Number(usual.toFixed(6)),
    causes: causes.map(causeJson),
  }
}

export const CAUSE_COLUMNS: Column<Cause>[] = [
  { title: 'FEATURE', least: 10, text: ({ column }) => column.label },
  { title: 'VALUE', right: true, text: ({ value, column }) => amountText(value, column.unit) },
  { title: 'USUALLY', text: rangeText },
  { title: 'MEDIAN', right: true, text: ({ median, column }) => amountText(median, column.unit) },
  { title: 'DEVIATION', right: true, text: ({ deviation }) => `${deviation.toFixed(1)} ×` },
  { title: 'OF SCORE', right: true, text: ({ share }) => `${Math.round(100 * share)} %` },
]
