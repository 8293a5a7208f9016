/** Which part of the history the flow table shows. */

/** Empty: none, what is now. */
export const RANGE_NAMES = ['', '15m', '1h', '24h', 'custom'] as const
export type RangeName = (typeof RANGE_NAMES)[number]

const MINUTE_MS = 60_000
const LENGTHS_MS: Readonly<Record<Exclude<RangeName, '' | 'custom'>, number>> = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '24h': 24 * 60 * MINUTE_MS,
}

/** Milliseconds since 1970: from ≤ last packet < to. */
export interface TimeRange {
  fromMs: number
  toMs: number
}

interface Given {
  range: RangeName
  from: string
  to: string
}

/** undefined: nothing of the history, or a range that is not (yet) one. A missing end is now. */
export const timeRangeOf = ({ range, from, to }: Given, nowMs: number): TimeRange | undefined => {
  if (range === '') return undefined
  if (range !== 'custom') return { fromMs: nowMs - LENGTHS_MS[range], toMs: nowMs }
  const [fromMs, toMs] = [Date.parse(from), to === '' ? nowMs : Date.parse(to)]
  return fromMs < toMs ? { fromMs, toMs } : undefined
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time as <input type="datetime-local"> takes it, whole minutes. */
export const inputTime = (ms: number): string => {
  const at = new Date(ms)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}
