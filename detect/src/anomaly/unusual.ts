/** Whether a window is so unlike the learned ones that somebody should know, and the words for it. */
import { explainRow, isOutside, type AnomalyModel, type Cause } from './anomaly-model.ts'
import { WINDOW_COLUMNS } from './window-columns.ts'

export interface UnusualLimits {
  /** 0–1. */
  score: number
  /** Spreads above the median. */
  deviations: number
}

/**
 * The causes of a window that is unusual, undefined if it is not. A high score alone is not enough, because the rarest of ordinary
 * windows have one too: it must exceed what learned windows score, and there must be more of some activity than in any of them, by far.
 * Less than ever is no reason: a device that sleeps is no attack.
 */
export const unusualCauses = (
  model: AnomalyModel,
  row: Float64Array,
  score: number,
  limits: UnusualLimits,
): Cause[] | undefined => {
  if (score < limits.score || score <= model.usual) return undefined
  const causes = explainRow(model, row).filter(
    (cause) => isOutside(cause) && cause.share >= LEAST_SHARE,
  )
  const isUnusual = causes.some(
    ({ column, deviation, value, most }) =>
      value > most &&
      deviation >= limits.deviations &&
      WINDOW_COLUMNS.some(({ name, isActivity }) => isActivity && name === column.name),
  )
  return isUnusual ? causes.slice(0, MOST_CAUSES) : undefined
}

const LEAST_SHARE = 0.02
const MOST_CAUSES = 5

/** The cause with the greatest part of which there is too much. */
export const leadOf = (causes: readonly Cause[]): Cause | undefined =>
  causes.find(({ value, high }) => value > high) ?? causes[0]

/** Of packets and flows nothing more is known than that a program talks. */
const UNSPECIFIC = 'T1071'

/** What the window is suspected of: by the greatest of the causes of which there is too much that points at something. */
export const techniqueOf = (causes: readonly Cause[]): string =>
  causes
    .filter(({ value, high }) => value > high)
    .map(({ column }) => WINDOW_COLUMNS.find(({ name }) => name === column.name)?.technique)
    .find((technique) => technique && technique !== UNSPECIFIC) ?? UNSPECIFIC

const POWERS = ['', 'k', 'M', 'G', 'T', 'P']

/** Three figures: `1.23 kB`, `12.3 %`, `0.5`. */
export const amountText = (value: number, unit: string): string => {
  const size = Math.abs(value)
  const power =
    unit === '%' || size < 1000 ? 0 : Math.min(POWERS.length - 1, Math.floor(Math.log10(size) / 3))
  // What remains of rounding is no figure.
  const short = size < 1e-12 ? 0 : Number((value / 1000 ** power).toPrecision(3))
  return `${short} ${POWERS[power]}${unit}`.trim()
}

/** `480 B – 1.2 MB` */
export const rangeText = ({ low, high, column }: Cause): string =>
  `${amountText(low, column.unit)} – ${amountText(high, column.unit)}`

/** `bytes sent 1.2 GB (usually 2 kB – 30 MB)` */
export const causeText = (cause: Cause): string =>
  `${cause.column.label} ${amountText(cause.value, cause.column.unit)} (usually ${rangeText(cause)})`
