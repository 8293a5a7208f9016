/**
 * The kernel's ring buffer, read in place (Documentation/bpf/ringbuf.rst): no system call, no copy
 * before `visit`. Positions fit a double up to 2^53 bytes; differences only need the low 32 bits.
 */
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import type { EventCounts, EventRing } from '../source.ts'
import type { Control } from './control.ts'
import { mapMemory, pageSize, possibleCpus } from './libbpf.ts'
import { readPerCpu } from './per-cpu.ts'

const BUSY = 0x80000000
const DISCARDED = 0x40000000
const COMMIT_EVERY = 4096
const EVENT_WORDS = EVENT_BYTES / 4

export interface Ring {
  /** Visits every finished record as words at an index, until one is refused by `false`; returns their number. */
  drain(visit: (words: Int32Array, at: number) => unknown): number
  /** Bytes that wait to be read. */
  waitingBytes(): number
  unmap(): void
}

/** `fd` is a BPF_MAP_TYPE_RINGBUF of `bytes` data bytes. */
export const createRing = (fd: number, bytes: number): Ring => {
  const consumer = mapMemory(fd, pageSize, true)
  const producer = mapMemory(fd, pageSize + 2 * bytes, false, pageSize)
  const consumed = new BigInt64Array(consumer.bytes.buffer, 0, 1)
  const produced = new Int32Array(producer.bytes.buffer, 0, 1)
  const data = new Int32Array(producer.bytes.buffer, pageSize, (2 * bytes) >> 2)
  let position = Number(consumed[0])
  const drain = (visit: (words: Int32Array, at: number) => unknown): number => {
    let low = (position % 4294967296) | 0
    let count = 0
    let uncommitted = 0
    for (let end = Atomics.load(produced, 0); ;) {
      if (low === end && low === (end = Atomics.load(produced, 0))) break
      const at = (low & (bytes - 1)) >>> 2
      const header = Atomics.load(data, at)
      if (header & BUSY) break
      const step = ((header & 0x3fffffff) + 15) & ~7
      if (!(header & DISCARDED)) {
        if (visit(data, at + 2) === false) break
        count++
      }
      low = (low + step) | 0
      position += step
      if (++uncommitted === COMMIT_EVERY) {
        Atomics.store(consumed, 0, BigInt(position))
        uncommitted = 0
      }
    }
    if (uncommitted) Atomics.store(consumed, 0, BigInt(position))
    return count
  }
  return {
    drain,
    waitingBytes: () => (Atomics.load(produced, 0) - (position % 4294967296)) >>> 0,
    unmap: () => {
      consumer.unmap()
      producer.unmap()
    },
  }
}

const BATCH_EVENTS = 4096

/** `statsFd`: the map event_stats. The kernel's limit is per CPU and 10 ms, ours is per host and second. */
export const createEventRing = (ring: Ring, statsFd: number, control: Control): EventRing => {
  const batch = new Int32Array(BATCH_EVENTS * EVENT_WORDS)
  const bytes = new Uint8Array(batch.buffer)
  const zero = Buffer.alloc(4)
  return {
    watch: (on, eventsPerSecond) =>
      control.watch(on, Math.max(1, Math.ceil(eventsPerSecond / 100 / possibleCpus()))),
    drain: (on) => {
      let filled = 0
      const total = ring.drain((words, at) => {
        const to = filled * EVENT_WORDS
        for (let i = 0; i < EVENT_WORDS; i++) batch[to + i] = words[at + i] ?? 0
        if (++filled < BATCH_EVENTS) return
        on(bytes, filled)
        filled = 0
      })
      if (filled) on(bytes.subarray(0, filled * EVENT_BYTES), filled)
      return total
    },
    counts: (): EventCounts => {
      const [, , sent = 0, skipped = 0, lost = 0] = readPerCpu(statsFd, zero, 5) ?? []
      return { sent, skipped, lost }
    },
  }
}
