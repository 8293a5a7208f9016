/** Times of a query, from and to. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { momentUs } from '@netscope/core/query/predicate.ts'
import { parseTime } from '@netscope/core/query/value.ts'
import { Type } from 'typebox'

export const timeParam = (description: string) =>
  Type.Optional(Type.String({ maxLength: 40, description }))

/** Milliseconds since 1970; throws `query.invalid`. */
const readTime = (name: string, text: string, nowMs: number): number => {
  const time = parseTime(text)
  if (time) return momentUs(time, nowMs) / 1000
  throw new NetscopeError('query.invalid', {
    name,
    reason: `${JSON.stringify(text)} is no time.`,
    allowed: '2026-01-31T12:00:00Z, or that long ago: -1h, -30m, now',
  })
}

/** Without `to` up to now, without `from` `defaultMs` before. Throws `query.invalid`. */
export const readTimes = (
  { from, to }: { from?: string; to?: string },
  nowMs: number,
  defaultMs: number,
): { fromMs: number; toMs: number } => {
  const toMs = to === undefined ? nowMs : readTime('to', to, nowMs)
  const fromMs = from === undefined ? toMs - defaultMs : readTime('from', from, nowMs)
  if (fromMs <= toMs) return { fromMs, toMs }
  const allowed = 'a time before that of `to`'
  throw new NetscopeError('query.invalid', { name: 'from', reason: 'it is after `to`.', allowed })
}
