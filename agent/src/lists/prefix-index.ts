/** From prefix to row: open addressing over the rows' own prefix words, no object per entry. */
import { randomInt } from 'node:crypto'

/** u32 words of a prefix (PREFIX_BYTES / 4): its length and its address. */
export const PREFIX_WORDS = 5

export interface PrefixIndex {
  /** Row of the prefix at words[at, at + PREFIX_WORDS), or -1. */
  find(words: Uint32Array, at: number): number
  /** Adds a row that isn't in yet. */
  add(row: number): void
  remove(row: number): void
  /** Takes other columns and makes room for `rows` rows; `live` are those to index. */
  rebuild(columns: Uint32Array, rows: number, live: Iterable<number>): void
}

/** `columns` holds the prefix of row r at r * PREFIX_WORDS. */
export const createPrefixIndex = (): PrefixIndex => {
  // A secret seed: prefixes come from feeds, and must not be made to collide.
  const seed = randomInt(2 ** 32)
  let columns: Uint32Array = new Uint32Array(0)
  let places = new Int32Array(2)
  let mask = 1

  const hash = (words: Uint32Array, at: number): number => {
    let h = seed
    for (let i = 0; i < PREFIX_WORDS; i++) {
      h = Math.imul(h ^ words[at + i]!, 0x9e3779b1)
      h = ((h << 15) | (h >>> 17)) ^ (h >>> 11)
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    return (h ^ (h >>> 13)) & mask
  }

  const equal = (row: number, words: Uint32Array, at: number): boolean => {
    const from = row * PREFIX_WORDS
    for (let i = PREFIX_WORDS - 1; i >= 0; i--)
      if (columns[from + i] !== words[at + i]) return false
    return true
  }

  const add = (row: number): void => {
    let place = hash(columns, row * PREFIX_WORDS)
    while (places[place] !== 0) place = (place + 1) & mask
    places[place] = row + 1
  }

  return {
    find: (words, at) => {
      for (let place = hash(words, at); places[place] !== 0; place = (place + 1) & mask) {
        const row = places[place]! - 1
        if (equal(row, words, at)) return row
      }
      return -1
    },
    add,
    remove: (row) => {
      let hole = hash(columns, row * PREFIX_WORDS)
      while (places[hole] !== row + 1) hole = (hole + 1) & mask
      // Later entries of the run move up where their own place allows it (Knuth 6.4, algorithm R).
      for (let place = (hole + 1) & mask; places[place] !== 0; place = (place + 1) & mask) {
        const home = hash(columns, (places[place]! - 1) * PREFIX_WORDS)
        if (((place - home) & mask) < ((place - hole) & mask)) continue
        places[hole] = places[place]!
        hole = place
      }
      places[hole] = 0
    },
    rebuild: (newColumns, rows, live) => {
      columns = newColumns
      mask = 2 ** Math.ceil(Math.log2(Math.max(2, rows * 2))) - 1
      places = new Int32Array(mask + 1)
      for (const row of live) add(row)
    },
  }
}
