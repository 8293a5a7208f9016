/** How long to wait before the next attempt to connect. */

const FIRST_MS = 100
const LONGEST_MS = 2000
/** After the server has refused us. */
const REFUSED_MS = 20_000
const JITTER = 0.25

export interface ReconnectDelay {
  /** Milliseconds to wait now: 100 ms, doubling to 2 s, give or take a quarter; the jitter keeps a fleet apart. */
  next(): number
  /** The peer answered: begins at 100 ms again. */
  reset(): void
  /** The peer wants nothing of us: the next wait is 20 s. */
  holdBack(): void
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
    holdBack: () => {
      base = REFUSED_MS
    },
  }
}
