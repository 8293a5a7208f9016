/** What is summed up, in SQL of a record `f`. */
import type { Measure } from './flow-store.ts'

/** Sums of whole numbers in floating point: exact to 2^53, and much cheaper than in 128 bits. */
const sum = (...columns: string[]): string =>
  columns.map((column) => `f."${column}"::DOUBLE`).join(' + ')

const FLOWS = `(f."end" <> 0)::DOUBLE`

export const MEASURE_SQL: Readonly<Record<Measure, string>> = {
  bytes: sum('srcBytes', 'dstBytes'),
  packets: sum('srcPackets', 'dstPackets'),
  flows: FLOWS,
  srcBytes: sum('srcBytes'),
  dstBytes: sum('dstBytes'),
  srcPackets: sum('srcPackets'),
  dstPackets: sum('dstPackets'),
  droppedPackets: sum('srcDroppedPackets', 'dstDroppedPackets'),
  retransmits: sum('srcRetransmits', 'dstRetransmits'),
}
