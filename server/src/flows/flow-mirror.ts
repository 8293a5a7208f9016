/** The live flows of one agent: its records at the place of their slot, so that an update is a copy. */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { RecordSet } from './record-set.ts'

const CHUNK_BITS = 10
const CHUNK_SLOTS = 1 << CHUNK_BITS
const SLOT_MASK = CHUNK_SLOTS - 1

/** The agent reports a live flow at least every 10 s while it has traffic: an older rate is no rate. */
export const RATE_VALID_MS = 12_000

/** Offset of the two f32 rates in a record. */
const RATES = 8

interface Chunk {
  bytes: Buffer
  reader: FlowReader
  /** When each record came in, ms of the server's clock; 0: empty. */
  seenAtMs: Float64Array
  used: number
}

export interface FlowMirror extends RecordSet {
  /** Number of live flows. */
  readonly count: number
  /** Copies the record at `at` of `from` to its slot. */
  put(slot: number, from: Buffer, at: number, nowMs: number): void
  remove(slot: number): void
  /** Records from before `sinceMs` count as stale; Infinity: all of them. */
  staleBefore(sinceMs: number): void
  /** Removes what is stale, and tells of each slot. */
  dropStale(onDrop?: (slot: number) => void): number
  /** Ends rates that are too old to be shown; to be called about every second. */
  expireRates(nowMs: number): void
}

/** Memory grows with the slots in use, by chunks of 1,024 records (208 kB), and shrinks with them. */
export const createFlowMirror = (context: FlowContext): FlowMirror => {
  const chunks: (Chunk | undefined)[] = []
  let count = 0
  let staleBeforeMs = 0
  let ratesExpiredTo = 0

  const chunkOf = (slot: number): Chunk => (chunks[slot >>> CHUNK_BITS] ??= createChunk(context))

  const removeFrom = (chunk: Chunk, index: number): void => {
    if (chunk.seenAtMs[index] === 0) return
    chunk.seenAtMs[index] = 0
    chunk.used--
    count--
  }

  const forEach = (
    visit: (chunk: Chunk, index: number, seenAtMs: number, slot: number) => void,
  ): void => {
    for (const [number, chunk] of chunks.entries()) {
      if (!chunk) continue
      for (let i = 0; i < CHUNK_SLOTS; i++) {
        const seenAtMs = chunk.seenAtMs[i] ?? 0
        if (seenAtMs !== 0) visit(chunk, i, seenAtMs, number * CHUNK_SLOTS + i)
      }
      if (chunk.used === 0) chunks[number] = undefined
    }
    while (chunks.length > 0 && chunks.at(-1) === undefined) chunks.pop()
  }

  return {
    get size() {
      return chunks.length * CHUNK_SLOTS
    },
    get count() {
      return count
    },
    at(position) {
      const chunk = chunks[position >>> CHUNK_BITS]
      const index = position & SLOT_MASK
      if (!chunk || chunk.seenAtMs[index] === 0) return undefined
      return chunk.reader.seek(index * RECORD_BYTES)
    },
    isStale: (position) =>
      (chunks[position >>> CHUNK_BITS]?.seenAtMs[position & SLOT_MASK] ?? 0) < staleBeforeMs,
    put(slot, from, at, nowMs) {
      const chunk = chunkOf(slot)
      const index = slot & SLOT_MASK
      if (chunk.seenAtMs[index] === 0) {
        chunk.used++
        count++
      }
      chunk.seenAtMs[index] = nowMs
      from.copy(chunk.bytes, index * RECORD_BYTES, at, at + RECORD_BYTES)
    },
    remove(slot) {
      const chunk = chunks[slot >>> CHUNK_BITS]
      if (chunk) removeFrom(chunk, slot & SLOT_MASK)
    },
    staleBefore(sinceMs) {
      staleBeforeMs = sinceMs
    },
    dropStale(onDrop) {
      const before = count
      forEach((chunk, index, seenAtMs, slot) => {
        if (seenAtMs >= staleBeforeMs) return
        removeFrom(chunk, index)
        onDrop?.(slot)
      })
      return before - count
    },
    expireRates(nowMs) {
      const to = nowMs - RATE_VALID_MS
      forEach((chunk, index, seenAtMs) => {
        if (seenAtMs >= to || seenAtMs < ratesExpiredTo) return
        const at = index * RECORD_BYTES + RATES
        chunk.bytes.fill(0, at, at + 8)
      })
      ratesExpiredTo = to
    },
  }
}

const createChunk = (context: FlowContext): Chunk => {
  const bytes = Buffer.alloc(CHUNK_SLOTS * RECORD_BYTES)
  return {
    bytes,
    reader: new FlowReader(bytes, context),
    seenAtMs: new Float64Array(CHUNK_SLOTS),
    used: 0,
  }
}
