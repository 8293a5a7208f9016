/** How many requests somebody may make: a bucket per principal, without one per address. */
import { NetscopeError } from '@netscope/core/errors.ts'

/** Buckets that are kept; the one that was longest without a request goes first. */
const MAX_BUCKETS = 10_000

interface Bucket {
  tokens: number
  filledAtMs: number
}

export interface RateLimit {
  /** Requests that were refused. */
  readonly refused: number
  /** Takes one request of `who`; throws `request.too-many` when it has none left. */
  take(who: string, perSecond: number, nowMs: number): void
}

/** A bucket holds the requests of `burstSeconds`, so that a page that opens at once is not held up. */
export const createRateLimit = ({ burstSeconds }: { burstSeconds: number }): RateLimit => {
  const buckets = new Map<string, Bucket>()
  let refused = 0

  const bucketOf = (who: string, full: number, nowMs: number): Bucket => {
    const known = buckets.get(who)
    // Last used comes last in a Map that is written anew.
    if (known) buckets.delete(who)
    const bucket = known ?? { tokens: full, filledAtMs: nowMs }
    buckets.set(who, bucket)
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string)
    return bucket
  }

  return {
    get refused() {
      return refused
    },
    take(who, perSecond, nowMs) {
      const full = perSecond * burstSeconds
      const bucket = bucketOf(who, full, nowMs)
      const filled = bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond
      bucket.tokens = Math.min(full, filled)
      bucket.filledAtMs = nowMs
      if (bucket.tokens >= 1) {
        bucket.tokens--
        return
      }
      refused++
      throw new NetscopeError('request.too-many', {
        limit: perSecond,
        seconds: Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond)),
      })
    },
  }
}
