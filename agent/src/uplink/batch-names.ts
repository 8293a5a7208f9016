/** What records need to be understood by themselves, long after the agent that wrote them has ended. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { RECORD_BYTES, RECORD_ENRICHMENT, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import type { Dictionary, SpooledNames } from '@netscope/core/wire.ts'

export interface BatchNamesDeps {
  wallOffsetMs(): number
  /** What the dictionary says of these ids. */
  entriesOf(ids: Iterable<number>): Dictionary
  /** undefined: not known (any more). */
  interfaceName(ifindex: number): string | undefined
}

/** The ids come first in the enrichment, up to here. */
const IDS_END = RECORD_ENRICHMENT + ENRICHMENT.srttUs
const IFINDEX = RECORD_HEADER_BYTES + SLOT.key + KEY.ifindex

/** Every id of the dictionary that the first `count` records use. */
export const idsOf = (records: Uint8Array, count: number): Set<number> => {
  const view = new DataView(records.buffer, records.byteOffset)
  const ids = new Set<number>()
  for (let record = 0; record < count; record++) {
    const from = record * RECORD_BYTES
    for (let at = from + RECORD_ENRICHMENT; at < from + IDS_END; at += 4)
      ids.add(view.getUint32(at, true))
  }
  ids.delete(0)
  return ids
}

export const namesOf = (records: Uint8Array, count: number, deps: BatchNamesDeps): SpooledNames => {
  const view = new DataView(records.buffer, records.byteOffset)
  const interfaces = new Map<number, string>()
  for (let i = 0; i < count; i++) {
    const ifindex = view.getUint32(i * RECORD_BYTES + IFINDEX, true)
    if (interfaces.has(ifindex)) continue
    const name = deps.interfaceName(ifindex)
    if (name !== undefined) interfaces.set(ifindex, name)
  }
  const wallOffsetMs = deps.wallOffsetMs()
  return { wallOffsetMs, interfaces: [...interfaces], ...deps.entriesOf(idsOf(records, count)) }
}
