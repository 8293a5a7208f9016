/** What an answer over HTTP means for a message. */
import type { Answer } from '../outgoing/exchange.ts'
import type { Outcome } from './channel.ts'
import { oneLine } from './notice.ts'

const LONGEST_ANSWER = 200
/** Providers that ask for more are asked again the next day. */
const MOST_WAIT_MS = 86_400_000

/** Seconds or a date (RFC 9110, section 10.2.3), in milliseconds from now on. */
export const retryAfterMs = (value: string | undefined, nowMs: number): number | undefined => {
  if (value === undefined) return undefined
  const ms = /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MOST_WAIT_MS) : undefined
}

/** In words, without markup: error pages may be HTML. */
export const wordsOf = ({ status, body }: Answer): string => {
  const text = String(body.subarray(0, 4096)).replace(
    /<(style|script|title)[^]*?<\/\1>|<[^>]*>/g,
    ' ',
  )
  const words = oneLine(text.replace(/\s+/g, ' '), LONGEST_ANSWER)
  return words ? `status ${status}: ${words}` : `status ${status}`
}

/** Not the message is wrong, but the moment. */
const LATER: ReadonlySet<number> = new Set([408, 421, 425, 429])

/** `broken`: statuses after which the channel is not tried again; other 4xx refuse the message only. */
export const outcomeOf = (
  answer: Answer,
  broken: (status: number) => boolean,
  nowMs: number,
): Outcome => {
  const { status, headers } = answer
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const reason = wordsOf(answer)
  if (LATER.has(status) || status >= 500)
    return { kind: 'later', reason, afterMs: retryAfterMs(headers['retry-after'], nowMs) }
  return { kind: broken(status) ? 'broken' : 'refused', reason }
}

/** Not signed in, not allowed, not there, gone. */
export const isGone = (status: number): boolean => [401, 403, 404, 410].includes(status)
