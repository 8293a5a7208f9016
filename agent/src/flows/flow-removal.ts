/** Ended flows between the removal of their key and the return of their slot, oldest first. */
import { KEY_BYTES } from '@netscope/core/slot.ts'
import type { FlowTable } from '../source.ts'
import { BATCH_RECORDS } from './record-batch.ts'
import type { FlowMemory } from './flow-memory.ts'
import { KEY_AT, KEY_WORDS, OWNER_WORDS, WORDS } from './slot-words.ts'

export class FlowRemoval {
  readonly #table: FlowTable
  readonly #slots: Uint32Array
  readonly #owners: Uint32Array
  readonly #ring: Uint32Array
  #head = 0
  #length = 0
  readonly #keys = new Uint32Array(BATCH_RECORDS * KEY_WORDS)
  readonly #keyBytes = new Uint8Array(this.#keys.buffer)
  #keyCount = 0
  readonly #free = new Uint32Array(BATCH_RECORDS)
  #freeCount = 0

  constructor(table: FlowTable, { slots, owners }: FlowMemory) {
    this.#table = table
    this.#slots = slots
    this.#owners = owners
    this.#ring = new Uint32Array(table.capacity)
  }

  /** Flows whose slot is not given back yet. */
  get waiting(): number {
    return this.#length
  }

  /** Takes the flow's key for removal; it is done by removeKeys at the latest. */
  add(slot: number): void {
    if (this.#keyCount === BATCH_RECORDS) this.removeKeys()
    const from = slot * WORDS + KEY_AT
    const to = this.#keyCount++ * KEY_WORDS
    for (let i = 0; i < KEY_WORDS; i++) this.#keys[to + i] = this.#slots[from + i]!
    this.#ring[(this.#head + this.#length++) % this.#ring.length] = slot
  }

  /** Returns whether there were any; those that could not be removed are kept. */
  removeKeys(): boolean {
    if (this.#keyCount === 0) return false
    this.#table.remove(this.#keyBytes.subarray(0, this.#keyCount * KEY_BYTES), this.#keyCount)
    this.#keyCount = 0
    return true
  }

  /** The waiting flow number `index` from the oldest. */
  at(index: number): number {
    return this.#ring[(this.#head + index) % this.#ring.length]!
  }

  /** Gives the slots of the `count` oldest back. */
  release(count: number): void {
    for (let i = 0; i < count; i++) this.recycle(this.at(i))
    this.#head = (this.#head + count) % this.#ring.length
    this.#length -= count
  }

  /** Zeroes a slot that nobody can reach any more and gives it back, by recycleAll at the latest. */
  recycle(slot: number): void {
    if (this.#freeCount === BATCH_RECORDS) this.recycleAll()
    this.#slots.fill(0, slot * WORDS, (slot + 1) * WORDS)
    this.#owners.fill(0, slot * OWNER_WORDS, (slot + 1) * OWNER_WORDS)
    this.#free[this.#freeCount++] = slot
  }

  recycleAll(): void {
    if (this.#freeCount > 0) this.#table.recycle(this.#free, this.#freeCount)
    this.#freeCount = 0
  }
}
