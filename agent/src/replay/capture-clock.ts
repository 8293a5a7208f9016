/**
 * The tracker's clock while a capture is replayed: ticks follow the packets' own time. Ticks are what
 * ends idle flows, so a gap needs two of them, not one per second.
 */

/** Packets that are late by no more than this do not move the clock. */
const TOLERANCE_SECONDS = 60
/** A longer gap has the same effect: every idle time-out is a day at most. */
const LONGEST_GAP_SECONDS = 2 * 86400

export interface CaptureClock {
  /** Whether the packet of this second must wait for ticks(). */
  isDue(second: number): boolean
  /** The moments to tick at, in seconds of the tracker's own time, before the packet is counted. */
  ticks(second: number): number[]
  /** The tracker's time after the last packet. */
  end(): number
}

/**
 * The tracker's time only goes forward. A capture whose time jumps back by more than a minute (files
 * joined in the wrong order, a clock that was set, damaged bytes) goes on from there.
 */
export const createCaptureClock = (): CaptureClock => {
  let current = Number.NaN
  let elapsed = 0
  return {
    isDue: (second) =>
      second !== current &&
      (second > current || second < current - TOLERANCE_SECONDS || current !== current),
    ticks: (second) => {
      const silent = Math.min(second - current - 1, LONGEST_GAP_SECONDS)
      const isFirst = Number.isNaN(current)
      current = second
      if (isFirst) return []
      const first = ++elapsed
      if (!(silent > 0)) return [first]
      elapsed += silent
      return [first, elapsed]
    },
    end: () => elapsed + 1,
  }
}
