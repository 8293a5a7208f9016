/** How long somebody asks to be left alone, in each form in which that is said over HTTP. */
import type { IncomingHttpHeaders } from 'node:http'

/** Whoever answers could otherwise silence us for good. */
const MOST_WAIT_MS = 86_400_000
/** Numbers from here on are seconds since 1970, smaller ones seconds from now on. */
const LEAST_EPOCH_SECONDS = 1_000_000_000

const bounded = (ms: number): number | undefined =>
  Number.isFinite(ms) ? Math.min(Math.max(0, Math.ceil(ms)), MOST_WAIT_MS) : undefined

const secondsOf = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN

/** Retry-After: seconds, also with a fraction, or a date (RFC 9110 section 10.2.3); from now on, at most a day. */
export const retryAfterMs = (value: string | undefined, nowMs: number): number | undefined => {
  if (value === undefined) return undefined
  const seconds = secondsOf(value)
  return bounded(Number.isNaN(seconds) ? Date.parse(value) - nowMs : seconds * 1000)
}

const single = (value: string | string[] | undefined): string => String(value ?? '')

/** X-RateLimit-Reset-After (seconds, Discord) or X-RateLimit-Reset (seconds since 1970, AbuseIPDB). */
export const resetAfterMs = (headers: IncomingHttpHeaders, nowMs: number): number | undefined => {
  const after = secondsOf(single(headers['x-ratelimit-reset-after']))
  if (!Number.isNaN(after)) return bounded(after * 1000)
  const reset = secondsOf(single(headers['x-ratelimit-reset']))
  return bounded(reset * 1000 - (reset >= LEAST_EPOCH_SECONDS ? nowMs : 0))
}

/** Of an answer that refuses: Retry-After counts first. */
export const waitMs = (headers: IncomingHttpHeaders, nowMs: number): number | undefined =>
  retryAfterMs(headers['retry-after'], nowMs) ?? resetAfterMs(headers, nowMs)

/** Of an answer that went well: undefined, where more may be asked for at once. */
export const pauseMs = (headers: IncomingHttpHeaders, nowMs: number): number | undefined =>
  single(headers['x-ratelimit-remaining']).trim() === '0' ? resetAfterMs(headers, nowMs) : undefined
