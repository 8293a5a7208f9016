/**
 * Events per second of one victim, by quarters of a second, and what is usual of it. Records come late and out of
 * order (a silent flow is told of when it ends), so the last 16 seconds stay open.
 */
const QUARTER_MS = 250
const QUARTERS = 64
const SECOND = 4
/** Weight of a second in the usual rate: it remembers about two minutes. */
const WEIGHT = 0.02
const SIGMAS = 6

export interface RateMeter {
  /** False: too long ago, not counted. */
  add(timeMs: number, events: number): boolean
  /** Events of the busiest second among those open and not yet told as a flood. */
  peak(): number
  /** Events of the open 16 seconds. */
  recent(): number
  /** Usual rate + 6 σ, events per second. */
  usual(): number
  /** What is open is part of a flood: it must not become usual. */
  forgive(): void
}

export const createRateMeter = (): RateMeter => {
  const quarters = new Float64Array(QUARTERS)
  let newest = 0
  let [mean, variance] = [0, 0]
  let floodUntil = 0

  const learn = (perSecond: number): void => {
    const off = perSecond - mean
    mean += WEIGHT * off
    variance = (1 - WEIGHT) * (variance + WEIGHT * off * off)
  }
  /** Closes the oldest second and opens the next one. */
  const closeSecond = (): void => {
    let sum = 0
    for (let i = 1; i <= SECOND; i++) {
      const at = (newest + i) % QUARTERS
      sum += quarters[at]!
      quarters[at] = 0
    }
    newest += SECOND
    if (newest - QUARTERS > floodUntil) learn(sum)
  }
  const advance = (quarter: number): void => {
    if (newest === 0) newest = quarter - (quarter % SECOND) + SECOND - 1
    const silent = Math.floor((quarter - newest) / SECOND) - QUARTERS / SECOND
    if (silent > 0) {
      for (let i = 0; i < QUARTERS / SECOND; i++) closeSecond()
      const left = (1 - WEIGHT) ** silent
      mean *= left
      variance *= left
      newest += silent * SECOND
    }
    while (quarter > newest) closeSecond()
  }

  return {
    add(timeMs, events) {
      const quarter = Math.floor(timeMs / QUARTER_MS)
      advance(quarter)
      if (quarter <= newest - QUARTERS) return false
      quarters[quarter % QUARTERS]! += events
      return true
    },
    peak() {
      let best = 0
      for (let i = newest - QUARTERS + SECOND; i <= newest; i++) {
        let sum = 0
        for (let k = 0; k < SECOND; k++) sum += quarters[(i - k) % QUARTERS]!
        if (sum > best) best = sum
      }
      return best
    },
    recent: () => quarters.reduce((sum, one) => sum + one, 0),
    usual: () => mean + SIGMAS * Math.sqrt(variance),
    forgive: () => (floodUntil = newest),
  }
}
