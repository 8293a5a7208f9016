/** Times in reports of others: ISO 8601, or seconds since 1970. */

/** 2000-01-01; what is older was meant otherwise. */
const EARLIEST_MS = 946_684_800_000
/** Clocks differ; what is further ahead is wrong. */
const MOST_AHEAD_MS = 300_000

const millisecondsOf = (value: string | number): number => {
  if (typeof value === 'number') return value * 1000
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN
}

/** Milliseconds since 1970, or what is wrong with it in words. */
export const readReportTime = (value: string | number, nowMs: number): number | string => {
  const ms = millisecondsOf(value)
  if (Number.isNaN(ms)) return 'is neither ISO 8601 nor a number of seconds since 1970'
  if (ms < EARLIEST_MS) return 'is before the year 2000'
  if (ms > nowMs + MOST_AHEAD_MS) return 'is more than 5 minutes ahead of this server'
  return ms
}
