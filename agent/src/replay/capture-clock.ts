/**
 * The tracker's clock while a capture is replayed: ticks follow the packets' own time. Ticks are what
 * ends idle flows, so a gap needs two of them, not one per second.
 */

/** Packets that are late by no more than this do not move the clock. */
const TOLERANCE_SECONDS = 60
/** A longer gap has the same effect: every idle time-out is a day at most. */
const LONGEST_GAP_SECONDS = 2 * 86400
/** Ticks that cost more than the packets between them may be this far apart. */
const LONGEST_WAIT_SECONDS = 10

export interface CaptureClock {
  /** Whether the packet of this second must wait for ticks(). */
  isDue(second: number): boolean
  /** The moments to tick at, in seconds of the tracker's own time, before the packet is counted. */
  ticks(second: number): number[]
  /** The tracker's time after the last packet. */
  end(): number
  /** The capture's second that the clock is in; NaN before the first packet. */
  second(): number
}

/**
 * The tracker's time only goes forward. A capture whose time jumps back by more than a minute (files
 * joined in the wrong order, a clock that was set, damaged bytes) goes on from there. `mayWait` says
 * whether a tick would cost too much for the packets since the last one.
 */
export const createCaptureClock = (mayWait: () => boolean = () => false): CaptureClock => {
  /** Seconds of the capture: of the packet before, and of the last tick. */
  let current = Number.NaN
  let ticked = Number.NaN
  let elapsed = 0

  const isDue = (second: number): boolean => {
    if (second === current) return false
    if (second < current) return second < current - TOLERANCE_SECONDS
    if (!(second - ticked < LONGEST_WAIT_SECONDS) || !mayWait()) return true
    current = second
    return false
  }

  const ticks = (second: number): number[] => {
    const isFirst = Number.isNaN(current)
    const busy = current + 1 - ticked
    const silent = Math.min(second - current - 1, LONGEST_GAP_SECONDS)
    current = ticked = second
    if (isFirst) return []
    elapsed += busy
    if (!(silent > 0)) return [elapsed]
    const before = elapsed
    elapsed += silent
    return [before, elapsed]
  }

  return {
    isDue,
    ticks,
    second: () => current,
    end: () => elapsed + (Number.isNaN(current) ? 1 : current + 1 - ticked),
  }
}
