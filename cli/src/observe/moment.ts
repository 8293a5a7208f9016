/** Times of options: ISO 8601, or that long ago. */
import { parseDuration } from '@netscope/core/query/value.ts'

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** Milliseconds since 1970 of an ISO 8601 time (local without a zone), or of a time that long ago: `5m`, `-5m`. */
export const parseMoment = (text: string, nowMs: number): number | undefined => {
  if (ISO.test(text)) {
    const ms = Date.parse(text.includes(':') ? text : `${text}T00:00`)
    return Number.isNaN(ms) ? undefined : ms
  }
  const ago = /^-?\d+$/.test(text) ? undefined : parseDuration(text.replace(/^-/, ''))
  return ago === undefined ? undefined : nowMs - ago
}
