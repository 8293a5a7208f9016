/** Tells the records of ended flows from those of live ones. */
import { ENDS, RECORD_BYTES } from '@netscope/core/flow-record.ts'

const END_AT = 4
const LIVE = ENDS.indexOf('')

const isEnded = (view: DataView, record: number) => view.getUint32(record + END_AT, true) !== LIVE

/** Number of ended flows among the first `count` records. */
export const countEnded = (records: Uint8Array, count: number): number => {
  const view = new DataView(records.buffer, records.byteOffset)
  let ended = 0
  for (let i = 0; i < count; i++) if (isEnded(view, i * RECORD_BYTES)) ended++
  return ended
}

/** Copies of the records of live and of ended flows among the first `count`, apart. */
export const splitEnded = (
  records: Uint8Array,
  count: number,
): Record<'live' | 'ended', Uint8Array> => {
  const view = new DataView(records.buffer, records.byteOffset)
  const ended = new Uint8Array(countEnded(records, count) * RECORD_BYTES)
  const live = new Uint8Array(count * RECORD_BYTES - ended.length)
  const filled = { live: 0, ended: 0 }
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_BYTES
    const kind = isEnded(view, at) ? 'ended' : 'live'
    const into = kind === 'ended' ? ended : live
    into.set(records.subarray(at, at + RECORD_BYTES), filled[kind]++ * RECORD_BYTES)
  }
  return { live, ended }
}
