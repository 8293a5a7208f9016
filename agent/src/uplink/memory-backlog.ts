/** Batches that wait in memory because the disk takes none: bounded, the oldest are given up first. */
import type { BatchTag } from '../spool/segment-record.ts'

export interface WaitingBatch extends BatchTag {
  payload: Buffer
}

export interface MemoryBacklog {
  push(batch: WaitingBatch): void
  /** The next one that is not under way. */
  next(): WaitingBatch | undefined
  /** The oldest that is under way has arrived. */
  acknowledge(batch: WaitingBatch): void
  /** The connection has gone: all of them wait again. */
  rewind(): void
  bytes(): number
  /** Records that were given up, since start. */
  lostRecords(): number
}

/** What a batch costs beside its bytes. */
const COST_BYTES = 256

export const createMemoryBacklog = (maxBytes: number): MemoryBacklog => {
  const batches: WaitingBatch[] = []
  let underWay = 0
  let bytes = 0
  let lost = 0

  const shift = (): WaitingBatch | undefined => {
    const batch = batches.shift()
    if (!batch) return undefined
    underWay = Math.max(0, underWay - 1)
    bytes -= batch.payload.length + COST_BYTES
    return batch
  }

  return {
    push: (batch) => {
      batches.push(batch)
      bytes += batch.payload.length + COST_BYTES
      while (bytes > maxBytes) lost += shift()?.records ?? 0
    },
    next: () => {
      const batch = batches[underWay]
      if (batch) underWay++
      return batch
    },
    acknowledge: (batch) => {
      // It may have been given up meanwhile.
      if (batches[0] === batch) shift()
    },
    rewind: () => {
      underWay = 0
    },
    bytes: () => bytes,
    lostRecords: () => lost,
  }
}
