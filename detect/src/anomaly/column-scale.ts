/** What is ordinary for each column of a table: its middle, its spread and the range of nearly all values. */

/** Robust: one value in two may be wild without moving middle or spread. */
export interface ColumnScale {
  median: number
  /** Median distance from the median × 1.4826, that of normally distributed values being their standard deviation. */
  spread: number
  /** Between these lie 98 % of the values. */
  low: number
  high: number
  /** The greatest value. */
  most: number
}

const MAD_TO_SIGMA = 1.4826
const TAIL = 0.01

/** Of ascending values, between the two nearest ranks. */
export const quantile = (sorted: Float64Array, share: number): number => {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

/** `least`: no spread is smaller, so that a column that never moved does not make a trifle count as far away. */
export const scaleOf = (values: Float64Array, least: number): ColumnScale => {
  const sorted = values.toSorted()
  const median = quantile(sorted, 0.5)
  const distances = values.map((value) => Math.abs(value - median)).sort()
  // Where more than half are the same, what the others do tells more than a zero.
  const mad = quantile(distances, 0.5) || meanOf(distances)
  return {
    median,
    spread: Math.max(MAD_TO_SIGMA * mad, least) || 1,
    low: quantile(sorted, TAIL),
    high: quantile(sorted, 1 - TAIL),
    most: sorted.at(-1) ?? 0,
  }
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** How many spreads the value is above (or, negative, below) the median. */
export const scaled = (value: number, { median, spread }: ColumnScale): number =>
  (value - median) / spread
