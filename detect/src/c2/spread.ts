/** How regular numbers are: the two measures of RITA v5 (analysis/beacons.go). */

export interface Spread {
  median: number
  /** Median absolute deviation from the median. */
  mad: number
  /** Bowley's skewness, −1 to 1; 0 where the quartiles are too close for it to mean something. */
  skew: number
}

/** Quartiles this close are one value. */
const LEAST_RANGE = 10

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, median, high] = [0.25, 0.5, 0.75].map((at) => quantile(sorted, at)) as [
    number,
    number,
    number,
  ]
  const deviations = sorted.map((value) => Math.abs(value - median)).toSorted((a, b) => a - b)
  const isFlat = high - low < LEAST_RANGE || median === low || median === high
  return {
    median,
    mad: quantile(deviations, 0.5),
    skew: isFlat ? 0 : (high + low - 2 * median) / (high - low),
  }
}

/** 0–1: 1 is a clock. `ofNone`: what the deviation counts where the median is below 1. */
export const regularity = ({ median, mad, skew }: Spread, ofNone: number): number =>
  (1 - Math.abs(skew) + (median < 1 ? ofNone : Math.max(0, (median - mad) / median))) / 2

const quantile = (sorted: readonly number[], at: number): number => {
  const place = (sorted.length - 1) * at
  const below = Math.floor(place)
  const low = sorted[below] ?? 0
  return low + ((sorted[below + 1] ?? low) - low) * (place - below)
}
