/** What is summed up, in SQL of a record `f`. */
import type { Measure } from './flow-store.ts'
import { columnRef } from './stored-columns.ts'

/** Sums of whole numbers in floating point: exact to 2^53, and much cheaper than in 128 bits. */
const sum =
  (...columns: string[]) =>
  (catalog: string): string =>
    columns.map((column) => `${columnRef(column, catalog)}::DOUBLE`).join(' + ')

/** By the catalog of the segment. */
export const MEASURE_SQL: Readonly<Record<Measure, (catalog: string) => string>> = {
  bytes: sum('srcBytes', 'dstBytes'),
  packets: sum('srcPackets', 'dstPackets'),
  flows: () => `(f."end" <> 0)::DOUBLE`,
  srcBytes: sum('srcBytes'),
  dstBytes: sum('dstBytes'),
  srcPackets: sum('srcPackets'),
  dstPackets: sum('dstPackets'),
  droppedPackets: sum('srcDroppedPackets', 'dstDroppedPackets'),
  retransmits: sum('srcRetransmits', 'dstRetransmits'),
}
