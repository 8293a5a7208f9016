/**
 * The captures' time as nanoseconds of the engine's clock. It begins a day before the first packet:
 * small numbers keep their nanoseconds in a double, and packets somewhat out of order stay above 0.
 */

const MARGIN_SECONDS = 86400
/** Later than any clock (the year 2242): a damaged time stamp. */
export const LAST_SECOND = 2 ** 33

export interface CaptureTime {
  /** Sets the clock's 0 by the earliest packet there is; without it, the first one noted does. */
  begin(second: number): void
  /** Takes in a packet's time and returns it as nanoseconds of the clock, at least 1. */
  note(seconds: number, nanos: number): number
  wallOffsetMs(): number
  /** Earliest and latest, nanoseconds of the clock; undefined without packets. */
  range(): { firstNs: number; lastNs: number } | undefined
  /** Packets whose time was out of every range and was moved to its edge. */
  implausible(): number
}

export const createCaptureTime = (): CaptureTime => {
  let base = Number.NaN
  let [firstNs, lastNs] = [Number.POSITIVE_INFINITY, 0]
  let implausible = 0

  const begin = (second: number): void => {
    base = Math.min(Math.max(Math.trunc(second) || 0, 0), LAST_SECOND) - MARGIN_SECONDS
  }
  const note = (seconds: number, nanos: number): number => {
    if (Number.isNaN(base)) begin(seconds)
    let ns = (seconds - base) * 1e9 + nanos
    if (!(ns >= 1) || seconds > LAST_SECOND) {
      implausible++
      ns = ns >= 1 ? (LAST_SECOND - base) * 1e9 : 1
    }
    if (ns < firstNs) firstNs = ns
    if (ns > lastNs) lastNs = ns
    return ns
  }

  return {
    begin,
    note,
    wallOffsetMs: () => (Number.isNaN(base) ? 0 : base * 1000),
    range: () => (lastNs === 0 ? undefined : { firstNs, lastNs }),
    implausible: () => implausible,
  }
}
