/** Addresses of four words → entry numbers: open addressing over a fixed number of entries. */
import { hashAddress } from './address-hash.ts'

/** Bits of a tag: the entry's number, up to a million; how often it has changed hands; one for others. */
const ENTRY_BITS = 20
const ENTRY_MASK = 2 ** ENTRY_BITS - 1
const GENERATIONS = 2 ** (31 - ENTRY_BITS) - 1

/** Entry number of a tag. */
export const entryOf = (tag: number): number => tag & ENTRY_MASK

/** Tag that no entry ever has, nor 0; both name entry 0. */
export const NO_TAG = GENERATIONS << ENTRY_BITS

/** May be set in a remembered tag, which then is no entry's until it is taken away. */
export const STALE_BIT = 0x80000000

/** Makes a tag: an entry's number and how often it has changed hands. */
const tagOf = (generation: number, entry: number): number =>
  ((generation % GENERATIONS || 1) << ENTRY_BITS) | entry

export class AddressTable {
  readonly capacity: number
  used = 0
  /** Entries from here on were never used. */
  end = 0
  /** Per entry: hash and address of its owner. */
  readonly hash: Uint32Array
  readonly words: Uint32Array
  /** Entry `e` has its tag at tags[e × stride]; it changes with the owner. 0 is nobody's. */
  readonly tags: Uint32Array
  readonly stride: number
  readonly #seed: number
  readonly #index: Int32Array
  readonly #mask: number
  readonly #free: Uint32Array
  #freeCount: number

  constructor(capacity: number, seed: number, tags: Uint32Array, stride: number) {
    this.capacity = capacity
    this.#seed = seed
    this.tags = tags
    this.stride = stride
    this.hash = new Uint32Array(capacity)
    this.words = new Uint32Array(4 * capacity)
    for (let entry = 0; entry < capacity; entry++) tags[entry * stride] = tagOf(1, entry)
    const size = 2 ** Math.ceil(Math.log2(2 * capacity))
    this.#index = new Int32Array(size).fill(-1)
    this.#mask = size - 1
    this.#free = Uint32Array.from({ length: capacity }, (_, i) => capacity - 1 - i)
    this.#freeCount = capacity
  }

  hashOf(words: Uint32Array, at: number): number {
    return hashAddress(words, at, this.#seed)
  }

  /** Entry of the address, -1 without one. */
  find(words: Uint32Array, at: number, hash: number): number {
    const index = this.#index
    for (let i = hash & this.#mask; ; i = (i + 1) & this.#mask) {
      const entry = index[i]!
      if (entry < 0 || (this.hash[entry] === hash && this.#owns(entry, words, at))) return entry
    }
  }

  #owns(entry: number, words: Uint32Array, at: number): boolean {
    const mine = 4 * entry
    return (
      this.words[mine + 3] === words[at + 3] &&
      this.words[mine + 2] === words[at + 2] &&
      this.words[mine + 1] === words[at + 1] &&
      this.words[mine] === words[at]
    )
  }

  /** Gives the address an entry; the caller has seen that it has none and that one is free. */
  insert(words: Uint32Array, at: number, hash: number): number {
    const entry = this.#free[--this.#freeCount]!
    this.used++
    this.end = Math.max(this.end, entry + 1)
    this.hash[entry] = hash
    for (let i = 0; i < 4; i++) this.words[4 * entry + i] = words[at + i]!
    let i = hash & this.#mask
    while (this.#index[i]! >= 0) i = (i + 1) & this.#mask
    this.#index[i] = entry
    return entry
  }

  /** Frees an entry; what followed it in the index moves up. */
  remove(entry: number): void {
    let hole = this.hash[entry]! & this.#mask
    while (this.#index[hole] !== entry) hole = (hole + 1) & this.#mask
    for (let i = (hole + 1) & this.#mask; this.#index[i]! >= 0; i = (i + 1) & this.#mask) {
      const home = this.hash[this.#index[i]!]! & this.#mask
      if (((i - home) & this.#mask) < ((i - hole) & this.#mask)) continue
      this.#index[hole] = this.#index[i]!
      hole = i
    }
    this.#index[hole] = -1
    this.#free[this.#freeCount++] = entry
    this.used--
    const tag = this.tags[entry * this.stride]!
    this.tags[entry * this.stride] = tagOf((tag >>> ENTRY_BITS) + 1, entry)
  }
}
