/** Numbers that look random and are the same for the same seed: Isolation Forests must be repeatable. */

export interface Random {
  /** 0 ≤ value < 1, 32 bits. */
  next(): number
  /** A whole number, 0 ≤ value < `bound` ≤ 2³². */
  below(bound: number): number
}

/** Spreads the bits of a seed (finaliser of MurmurHash3). */
const mixed = (value: number): number => {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Generator sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, a period of 2¹²⁷ on average. */
export const createRandom = (seed: number): Random => {
  let a = mixed(seed >>> 0)
  let b = mixed(a ^ 0x9e3779b9)
  let c = mixed(b ^ Math.floor(seed / 2 ** 32))
  let counter = 1
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  // As its author advises: until the seed has reached every bit.
  for (let i = 0; i < 15; i++) step()
  return {
    next: () => step() / 2 ** 32,
    below: (bound) => Math.floor((step() / 2 ** 32) * bound),
  }
}
