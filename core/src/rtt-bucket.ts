/**
 * Buckets of round trip times: four to each power of two of microseconds, up to 2^27 µs (134 s), so that a bucket is
 * at most 25 % wide. `struct rtt_histogram` of bpf/socket.h counts in them.
 */

export const RTT_BUCKETS = 108

/** Smallest value beyond bucket `index`, microseconds. */
export const rttBucketEndUs = (index: number): number => {
  const power = Math.floor(index / 4)
  return Math.max((5 + (index % 4)) * 2 ** (power - 2), 1)
}

/** The value below which the share `q` (0 to 1) of the samples lies, microseconds; undefined without samples. */
export const rttQuantileUs = (counts: readonly number[], q: number): number | undefined => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let left = q * total
  const index = counts.findIndex((count) => (left -= count) <= 0)
  return rttBucketEndUs(index < 0 ? counts.length - 1 : index)
}
