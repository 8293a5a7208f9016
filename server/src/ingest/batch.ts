/** The payload of a `flows` or `events` frame: a header and records of one size. */
import { ENDS } from '@netscope/core/flow-record.ts'
import { BATCH_HEADER_BYTES } from '@netscope/core/wire.ts'

export interface Batch {
  /** Milliseconds since 1970 when the clock of the records was 0. */
  wallOffsetMs: number
  /** The records, one after the other; valid during the call only. */
  records: Buffer
  view: DataView
  count: number
}

/** Any record time added to it must stay a valid Date (8.64e15 ms); u64 nanoseconds are at most 1.8e13 ms. */
const MAX_OFFSET_MS = 1e15

/** Opens the payload in place, or says what is wrong with it. */
export const openBatch = (payload: Uint8Array, recordBytes: number): Batch | string => {
  const length = payload.length - BATCH_HEADER_BYTES
  if (length < 0 || length % recordBytes !== 0) {
    return `${payload.length} bytes are no batch of records of ${recordBytes} bytes`
  }
  const head = new DataView(payload.buffer, payload.byteOffset, BATCH_HEADER_BYTES)
  const wallOffsetMs = head.getFloat64(0, true)
  if (!(Math.abs(wallOffsetMs) <= MAX_OFFSET_MS)) return `clock offset ${wallOffsetMs} ms`
  const at = payload.byteOffset + BATCH_HEADER_BYTES
  return {
    wallOffsetMs,
    records: Buffer.from(payload.buffer, at, length),
    view: new DataView(payload.buffer, at, length),
    count: length / recordBytes,
  }
}

/** What is wrong with the header of the flow record at `at`; undefined when it can be taken. */
export const recordProblem = (
  view: DataView,
  at: number,
  flowCapacity: number,
): string | undefined => {
  const slot = view.getUint32(at, true)
  const end = view.getUint32(at + 4, true)
  if (slot >= flowCapacity) return `record of slot ${slot} in a table of ${flowCapacity}`
  if (end >= ENDS.length) return `record with end ${end}`
  if (!isRate(view.getFloat32(at + 8, true)) || !isRate(view.getFloat32(at + 12, true))) {
    return 'record with a rate that is no number'
  }
  return undefined
}

const isRate = (rate: number): boolean => rate >= 0 && rate < Infinity
