/** What the configuration says of the history, as the store takes it. */
import { join } from 'node:path'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { HistorySection } from '@netscope/core/config/history.ts'
import { MAX_WAITING } from './append-queue.ts'
import type { HistoryConfig } from './history.ts'
import { WRITE_BYTES } from './intake.ts'

/** Memory of the engine with the preset `small`, whatever is configured. */
const SMALL_MEMORY_MB = 128
/** Records of a segment: some 100 MB, so that removing one is a small step. */
const SEGMENT_ROWS = 4_000_000
const SMALL_SEGMENT_ROWS = 500_000
/** A row group of DuckDB; a quarter of it needs a quarter of the memory. */
const COMMIT_RECORDS = 122_880
const SMALL_COMMIT_RECORDS = 30_720
/** What a segment and the journal take of the limit at most. */
const MIN_SHARES = 16
/** Made-up records without any order take 42 bytes, roll-ups included. */
const STORED_BYTES_ABOUT = 42
/** The segment that is written, its log, and the one whose roll-ups are made. */
const GROWING_SEGMENTS = 2

export const historyConfig = (section: HistorySection, storagePath: string): HistoryConfig => {
  const isSmall = section.preset === 'small'
  const memoryMb = section.memoryMegabytes
  const limit = section.maxMegabytes * 2 ** 20
  const share = limit / MIN_SHARES
  const segmentRows = Math.min(
    isSmall ? SMALL_SEGMENT_ROWS : SEGMENT_ROWS,
    Math.floor(share / STORED_BYTES_ABOUT),
  )
  const commitRecords = Math.min(
    isSmall ? SMALL_COMMIT_RECORDS : COMMIT_RECORDS,
    Math.floor(share / RECORD_BYTES),
  )
  const journalBytes = (MAX_WAITING + 1) * commitRecords * RECORD_BYTES + WRITE_BYTES
  const growingBytes = GROWING_SEGMENTS * segmentRows * STORED_BYTES_ABOUT
  return {
    folder: join(storagePath, 'history'),
    memoryMb: isSmall ? Math.min(memoryMb, SMALL_MEMORY_MB) : memoryMb,
    threads: isSmall ? 1 : 2,
    commitRecords,
    segmentRows,
    retainDays: section.retainDays,
    maxBytes: limit - journalBytes - growingBytes,
  }
}
