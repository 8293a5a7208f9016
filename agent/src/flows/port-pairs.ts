/**
 * Which destination ports an address sent to in the last 30 to 60 s: one bounded hash set of
 * (tag of the address's entry, port) for all addresses. Exact up to MAX_PORTS per address and as long
 * as the set has room; beyond that the counts stand still, so they mean "at least".
 */
import { entryOf } from './address-table.ts'

const MAX_PAIRS = 1 << 18
const MIN_PAIRS = 1 << 13
/** Room per entry on average, before some is left free. */
const PAIRS_PER_ENTRY = 16
const MAX_FILL = 0.75
export const MAX_PORTS = 4096
/** A pair has to be added again in each period to stay. */
export const PERIOD_SECONDS = 30
const PERIODS_KEPT = 2

export class PortPairs {
  /** Distinct ports per entry. */
  readonly count: Uint16Array
  /** Two words per pair: tag (0 = empty); port, and the period of its last sight in the upper half. */
  #pairs: Uint32Array
  #spare: Uint32Array
  readonly #size: number
  #used = 0
  #period = 0

  constructor(entries: number) {
    this.count = new Uint16Array(entries)
    const wanted = 2 ** Math.ceil(Math.log2(PAIRS_PER_ENTRY * entries))
    this.#size = Math.min(Math.max(wanted, MIN_PAIRS), MAX_PAIRS)
    this.#pairs = new Uint32Array(2 * this.#size).fill(0) // touched now, not by the first flood
    this.#spare = new Uint32Array(2 * this.#size)
  }

  /** Moves the window; `tagOf` tells an entry's present tag. */
  advance(second: number, tagOf: (entry: number) => number): void {
    const period = Math.floor(second / PERIOD_SECONDS) & 0xffff
    if (period === this.#period) return
    this.#period = period
    if (this.#used > 0) this.#rebuild(tagOf)
  }

  /** The entry belongs to nobody from now on; its tag has changed. */
  clear(entry: number): void {
    this.count[entry] = 0
  }

  add(tag: number, port: number): void {
    const pairs = this.#pairs
    const mask = 2 * this.#size - 1
    let at = (2 * place(tag, port)) & mask
    while (pairs[at] !== 0) {
      if (pairs[at] === tag && (pairs[at + 1]! & 0xffff) === port) {
        pairs[at + 1] = port | (this.#period << 16)
        return
      }
      at = (at + 2) & mask
    }
    const entry = entryOf(tag)
    if (this.count[entry]! >= MAX_PORTS || this.#used >= MAX_FILL * this.#size) return
    this.#used++
    this.count[entry]!++
    pairs[at] = tag
    pairs[at + 1] = port | (this.#period << 16)
  }

  /** Carries what is still in the window into the other table. */
  #rebuild(tagOf: (entry: number) => number): void {
    const old = this.#pairs
    this.#pairs = this.#spare.fill(0)
    this.#spare = old
    this.#used = 0
    this.count.fill(0)
    const mask = 2 * this.#size - 1
    for (let from = 0; from <= mask; from += 2) {
      const tag = old[from]!
      if (tag === 0 || tagOf(entryOf(tag)) !== tag) continue
      const pair = old[from + 1]!
      if (((this.#period - (pair >>> 16)) & 0xffff) >= PERIODS_KEPT) continue
      let at = (2 * place(tag, pair & 0xffff)) & mask
      while (this.#pairs[at] !== 0) at = (at + 2) & mask
      this.#pairs[at] = tag
      this.#pairs[at + 1] = pair
      this.count[entryOf(tag)]!++
      this.#used++
    }
  }
}

const place = (tag: number, port: number): number => {
  const h = Math.imul(tag ^ Math.imul(port, 0x85ebca77), 0x9e3779b1)
  return (h ^ (h >>> 15)) >>> 0
}
