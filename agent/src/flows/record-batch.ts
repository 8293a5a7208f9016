/** Flow records on their way to the uplink: header and slot as they are, gathered in one reused buffer. */
import { RECORD_BYTES, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowMemory } from './flow-memory.ts'
import { BYTES, ENRICHMENT_WORDS, PACKETS, WORDS } from './slot-words.ts'

export const BATCH_RECORDS = 1024

const RECORD_WORDS = RECORD_BYTES / 4
const HEADER_WORDS = RECORD_HEADER_BYTES / 4

/**
 * Takes `count` records (RECORD_BYTES each), valid only during the call. False: not accepted, to be
 * offered again.
 */
export type RecordSink = (records: Uint8Array, count: number) => boolean

export class RecordBatch {
  count = 0
  readonly #slots: Uint32Array
  readonly #enrichment: Uint32Array
  readonly #sink: RecordSink
  readonly #bytes = new Uint8Array(BATCH_RECORDS * RECORD_BYTES)
  readonly #words = new Uint32Array(this.#bytes.buffer)
  readonly #floats = new Float32Array(this.#bytes.buffer)

  constructor(memory: Pick<FlowMemory, 'slots' | 'enrichment'>, sink: RecordSink) {
    this.#slots = memory.slots
    this.#enrichment = memory.enrichment
    this.#sink = sink
  }

  /** Adds the slot; the caller sends when `count` reaches BATCH_RECORDS. */
  add(slot: number, end: number, loRate: number, hiRate: number): void {
    const at = this.count++ * RECORD_WORDS
    const words = this.#words
    const slots = this.#slots
    words[at] = slot
    words[at + 1] = end
    this.#floats[at + 2] = loRate
    this.#floats[at + 3] = hiRate
    const to = at + HEADER_WORDS
    const from = slot * WORDS
    copyWords(slots, from, words, to, WORDS)
    if (torn(slots, from, words, to)) copyWords(slots, from, words, to, WORDS)
    copyWords(this.#enrichment, slot * ENRICHMENT_WORDS, words, to + WORDS, ENRICHMENT_WORDS)
  }

  slotAt(index: number): number {
    return this.#words[index * RECORD_WORDS]!
  }

  /** Offers what was gathered; the records stay readable by slotAt until the next add. */
  send(): boolean {
    const { count } = this
    this.count = 0
    return count === 0 || this.#sink(this.#bytes.subarray(0, count * RECORD_BYTES), count)
  }
}

/** Four words at a time: half the price of one at a time. */
const copyWords = (
  slots: Uint32Array,
  from: number,
  to: Uint32Array,
  at: number,
  count: number,
): void => {
  for (let i = 0; i < count; i += 4) {
    const a = slots[from + i]!
    const b = slots[from + i + 1]!
    const c = slots[from + i + 2]!
    const d = slots[from + i + 3]!
    to[at + i] = a
    to[at + i + 1] = b
    to[at + i + 2] = c
    to[at + i + 3] = d
  }
}

/** Whether a high word moved while the counters were copied. */
const torn = (slots: Uint32Array, from: number, copy: Uint32Array, to: number): boolean =>
  slots[from + PACKETS + 1] !== copy[to + PACKETS + 1] ||
  slots[from + PACKETS + 3] !== copy[to + PACKETS + 3] ||
  slots[from + BYTES + 1] !== copy[to + BYTES + 1] ||
  slots[from + BYTES + 3] !== copy[to + BYTES + 3]
