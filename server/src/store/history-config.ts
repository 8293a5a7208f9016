/** What the configuration says of the history, as the store takes it. */
import { join } from 'node:path'
import type { HistorySection } from '@netscope/core/config/history.ts'
import type { HistoryConfig } from './history.ts'

/** Memory of the engine with the preset `small`, whatever is configured. */
const SMALL_MEMORY_MB = 128
/** Records of a segment: some 100 MB, so that removing one is a small step. */
const SEGMENT_ROWS = 4_000_000
const SMALL_SEGMENT_ROWS = 500_000
/** A row group of DuckDB; a quarter of it needs a quarter of the memory. */
const COMMIT_RECORDS = 122_880
const SMALL_COMMIT_RECORDS = 30_720
/** The oldest of at least so many segments goes when there is too much. */
const MIN_SEGMENTS = 8
const RECORD_BYTES_ABOUT = 40

export const historyConfig = (section: HistorySection, storagePath: string): HistoryConfig => {
  const isSmall = section.preset === 'small'
  const memoryMb = section.memoryMegabytes
  const maxBytes = section.maxMegabytes * 2 ** 20
  const segmentRows = isSmall ? SMALL_SEGMENT_ROWS : SEGMENT_ROWS
  return {
    folder: join(storagePath, 'history'),
    memoryMb: isSmall ? Math.min(memoryMb, SMALL_MEMORY_MB) : memoryMb,
    threads: isSmall ? 1 : 2,
    commitRecords: isSmall ? SMALL_COMMIT_RECORDS : COMMIT_RECORDS,
    segmentRows: Math.min(segmentRows, Math.floor(maxBytes / MIN_SEGMENTS / RECORD_BYTES_ABOUT)),
    retainDays: section.retainDays,
    maxBytes,
  }
}
