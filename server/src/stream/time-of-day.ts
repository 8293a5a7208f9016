/** "12:34:56.789" in a time zone, quick for times that lie close together. */

/** Whole seconds whose text is remembered. */
const REMEMBERED = 64

/** `timezone` is an IANA name, empty for UTC; the time is in milliseconds since 1970. */
export const createTimeOfDay = (timezone: string): ((ms: number) => string) => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone || 'UTC',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const known = new Map<number, string>()
  let lastSecond = Number.NaN
  let lastText = ''

  const textOf = (second: number): string => {
    const before = known.get(second)
    if (before !== undefined) return before
    if (known.size >= REMEMBERED) known.clear()
    const text = format.format(second * 1000)
    known.set(second, text)
    return text
  }

  return (ms) => {
    const second = Math.floor(ms / 1000)
    if (second !== lastSecond) {
      lastText = textOf(second)
      lastSecond = second
    }
    const millis = Math.floor(ms - second * 1000)
    return `${lastText}.${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}`
  }
}
