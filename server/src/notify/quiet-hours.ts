/** Days and quiet hours by the clock on the wall of a time zone (RFC 9557, IANA names). */

const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/** Making one takes a millisecond; there are as many as channels have zones. */
const formats = new Map<string, Intl.DateTimeFormat>()
const MAX_FORMATS = 64

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en', {
    ...{ timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  })
  if (formats.size < MAX_FORMATS) formats.set(timeZone, made)
  return made
}

/** Milliseconds since midnight there. */
const sinceMidnightMs = (ms: number, timeZone: string): number => {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { hour = 0, minute = 0, second = 0 } = parts
  return (hour * 60 + minute) * MINUTE_MS + second * 1000 + (ms % 1000)
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** How far the clock there is past `minutes` since midnight, from minus to plus half a day. */
const pastMs = (ms: number, minutes: number, timeZone: string): number => {
  const day = DAY_MINUTES * MINUTE_MS
  const past = sinceMidnightMs(ms, timeZone) - minutes * MINUTE_MS
  return past > day / 2 ? past - day : past < -day / 2 ? past + day : past
}

/** Clocks are put forward by this much at most. */
const LONGEST_STEP_MINUTES = 180

/** When the clock there shows `minutes` since midnight next, now at the earliest; where it steps over that, after the step. */
const nextMs = (nowMs: number, minutes: number, timeZone: string): number => {
  const wait = minutes * MINUTE_MS - sinceMidnightMs(nowMs, timeZone)
  const guess = nowMs + (wait < 0 ? wait + DAY_MINUTES * MINUTE_MS : wait)
  let at = guess - pastMs(guess, minutes, timeZone)
  for (let i = 0; i < LONGEST_STEP_MINUTES && pastMs(at, minutes, timeZone) < 0; i++)
    at += MINUTE_MS
  return at
}

/** When the day there begins next. */
export const nextDayMs = (nowMs: number, timeZone: string): number => nextMs(nowMs + 1, 0, timeZone)

/** When quiet hours end; undefined: it is none now. */
export const quietUntilMs = (
  nowMs: number,
  { from, to }: { from: string; to: string },
  timeZone: string,
): number | undefined => {
  const at = sinceMidnightMs(nowMs, timeZone)
  const [begin, end] = [minutesOf(from) * MINUTE_MS, minutesOf(to) * MINUTE_MS]
  const isQuiet = begin < end ? at >= begin && at < end : at >= begin || at < end
  return isQuiet ? nextMs(nowMs, minutesOf(to), timeZone) : undefined
}
