/** Seeded random numbers: the same seed makes the same traffic. */

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [low, high]. */
  int(low: number, high: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
  chance(probability: number): boolean
  /** Exponentially distributed with this mean: the time between independent events. */
  about(mean: number): number
}

/** mulberry32: 32 bits of state, enough for a make-believe network. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    chance: (probability) => next() < probability,
    about: (mean) => -mean * Math.log(1 - next()),
  }
}
