/** Hash → rows: chains through two arrays of numbers, no object per entry. A row is in it once. */

export class ChainIndex {
  readonly #heads: Int32Array
  readonly #next: Int32Array
  readonly #hashes: Uint32Array
  readonly #mask: number

  /** For rows [0, capacity). */
  constructor(capacity: number) {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)))
    this.#heads = new Int32Array(buckets)
    this.#next = new Int32Array(capacity)
    this.#hashes = new Uint32Array(capacity)
    this.#mask = buckets - 1
  }

  insert(hash: number, row: number): void {
    const bucket = hash & this.#mask
    this.#hashes[row] = hash
    this.#next[row] = this.#heads[bucket]!
    this.#heads[bucket] = row + 1
  }

  remove(row: number): void {
    const bucket = this.#hashes[row]! & this.#mask
    let at = this.#heads[bucket]! - 1
    if (at === row) {
      this.#heads[bucket] = this.#next[row]!
      return
    }
    while (at >= 0) {
      const next = this.#next[at]! - 1
      if (next === row) this.#next[at] = this.#next[row]!
      at = next
    }
  }

  /** The newest row whose hash falls together with `hash`; -1 when there is none. The caller compares. */
  first(hash: number): number {
    return this.#heads[hash & this.#mask]! - 1
  }

  /** The row after `row` in its chain; -1 at its end. */
  next(row: number): number {
    return this.#next[row]! - 1
  }
}
