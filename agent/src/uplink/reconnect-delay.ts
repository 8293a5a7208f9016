/** How long to wait before the next attempt to connect. */

const FIRST_MS = 100
const LONGEST_MS = 2000
const JITTER = 0.25

export interface ReconnectDelay {
  /** Milliseconds to wait now: 100 ms, doubling to 2 s, give or take a quarter. */
  next(): number
  /** The peer answered: begins at 100 ms again. */
  reset(): void
}

export const createReconnectDelay = (random: () => number = Math.random): ReconnectDelay => {
  let base = FIRST_MS
  return {
    next: () => {
      const delay = base * (1 - JITTER + 2 * JITTER * random())
      base = Math.min(base * 2, LONGEST_MS)
      return delay
    },
    reset: () => {
      base = FIRST_MS
    },
  }
}
