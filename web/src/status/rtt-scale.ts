/** Folds RTT histograms into bars on one logarithmic scale: a bar per doubling of the time. */
import { rttBucketEndUs } from '@netscope/core/rtt-bucket.ts'

const BUCKETS_PER_BAR = 4

export interface RttScale {
  /** Samples per bar, of each histogram. */
  bars: number[][]
  /** Where the first bar begins and the last one ends. */
  fromUs: number
  toUs: number
}

/** From the first to the last bar in which any of the histograms has a sample; undefined without samples. */
export const rttScale = (
  histograms: readonly { counts: readonly number[] }[],
): RttScale | undefined => {
  const folded = histograms.map(({ counts }) => fold(counts))
  const used = folded.flatMap((bars) => bars.flatMap((count, index) => (count > 0 ? index : [])))
  if (used.length === 0) return undefined
  const [first, last] = [Math.min(...used), Math.max(...used)]
  return {
    bars: folded.map((bars) =>
      Array.from({ length: last - first + 1 }, (_, index) => bars[first + index] ?? 0),
    ),
    fromUs: first === 0 ? 0 : rttBucketEndUs(first * BUCKETS_PER_BAR - 1),
    toUs: rttBucketEndUs(last * BUCKETS_PER_BAR + BUCKETS_PER_BAR - 1),
  }
}

const fold = (counts: readonly number[]): number[] => {
  const bars: number[] = []
  counts.forEach((count, index) => {
    const bar = Math.floor(index / BUCKETS_PER_BAR)
    bars[bar] = (bars[bar] ?? 0) + count
  })
  return bars
}
