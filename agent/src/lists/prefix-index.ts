/**
 * From prefix to row: open addressing over the rows' own prefix words, no object per entry. It is cut into
 * parts that grow on their own, so that no growth takes more than some milliseconds.
 */
import { randomInt } from 'node:crypto'

/** u32 words of a prefix (PREFIX_BYTES / 4): its length and its address. */
export const PREFIX_WORDS = 5

/** Where the prefix of a row is: words[at, at + PREFIX_WORDS). */
export interface RowPrefixes {
  words(row: number): Uint32Array
  at(row: number): number
}

export interface PrefixIndex {
  /** Row of the prefix at words[at, at + PREFIX_WORDS), or -1. */
  find(words: Uint32Array, at: number): number
  /** Adds a row that isn't in yet. */
  add(row: number): void
  remove(row: number): void
}

interface Part {
  /** Row + 1, or 0 for none; a power of two of them, at most half taken. */
  places: Int32Array
  taken: number
}

const PARTS = 128
const FIRST_PLACES = 8

export const createPrefixIndex = (rows: RowPrefixes): PrefixIndex => {
  // A secret seed: prefixes come from feeds, and must not be made to collide.
  const seed = randomInt(2 ** 32)
  const parts = Array.from({ length: PARTS }, newPart)

  const hash = (words: Uint32Array, at: number): number => {
    let h = seed
    for (let i = 0; i < PREFIX_WORDS; i++) {
      h = Math.imul(h ^ words[at + i]!, 0x9e3779b1)
      h = ((h << 15) | (h >>> 17)) ^ (h >>> 11)
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    return (h ^ (h >>> 13)) >>> 0
  }
  const hashOf = (row: number) => hash(rows.words(row), rows.at(row))
  /** The part by the upper bits, the place in it by the lower ones. */
  const partOf = (h: number) => parts[h >>> 25]!

  const equal = (row: number, words: Uint32Array, at: number): boolean => {
    const own = rows.words(row)
    const from = rows.at(row)
    for (let i = PREFIX_WORDS - 1; i >= 0; i--) if (own[from + i] !== words[at + i]) return false
    return true
  }

  const grow = (part: Part): void => {
    const before = part.places
    part.places = new Int32Array(before.length * 2)
    for (const place of before) if (place !== 0) insert(part.places, hashOf(place - 1), place)
  }

  return {
    find: (words, at) => {
      const h = hash(words, at)
      const { places } = partOf(h)
      const mask = places.length - 1
      for (let place = h & mask; places[place] !== 0; place = (place + 1) & mask) {
        const row = places[place]! - 1
        if (equal(row, words, at)) return row
      }
      return -1
    },
    add: (row) => {
      const h = hashOf(row)
      const part = partOf(h)
      if (++part.taken * 2 > part.places.length) grow(part)
      insert(part.places, h, row + 1)
    },
    remove: (row) => {
      const h = hashOf(row)
      const part = partOf(h)
      const { places } = part
      const mask = places.length - 1
      part.taken--
      let hole = h & mask
      while (places[hole] !== row + 1) hole = (hole + 1) & mask
      // Later entries of the run move up where their own place allows it (Knuth 6.4, algorithm R).
      for (let place = (hole + 1) & mask; places[place] !== 0; place = (place + 1) & mask) {
        const home = hashOf(places[place]! - 1) & mask
        if (((place - home) & mask) < ((place - hole) & mask)) continue
        places[hole] = places[place]!
        hole = place
      }
      places[hole] = 0
    },
  }
}

const newPart = (): Part => ({ places: new Int32Array(FIRST_PLACES), taken: 0 })

const insert = (places: Int32Array, hash: number, value: number): void => {
  const mask = places.length - 1
  let place = hash & mask
  while (places[place] !== 0) place = (place + 1) & mask
  places[place] = value
}
