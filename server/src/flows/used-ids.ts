/** Ids of the dictionary that the kept records of one run of an agent refer to. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowContext, FlowReader } from '@netscope/core/flow-record.ts'
import type { EndedFlows } from './ended-flows.ts'
import type { FlowMirror } from './flow-mirror.ts'

/** Every u32 of the enrichment that is an id; of a pair both. */
const ID_OFFSETS = [
  ENRICHMENT.process,
  ENRICHMENT.process + 4,
  ENRICHMENT.name,
  ENRICHMENT.name + 4,
  ENRICHMENT.sni,
  ENRICHMENT.ja4,
  ENRICHMENT.httpHost,
  ENRICHMENT.dropReason,
] as const

export const usedIds = (context: FlowContext, live: FlowMirror, ended: EndedFlows): Set<number> => {
  const used = new Set<number>()
  const mark = (reader: FlowReader): void => {
    for (const offset of ID_OFFSETS) used.add(reader.extra32(offset))
  }
  for (let position = 0; position < live.size; position++) {
    const reader = live.at(position)
    if (reader) mark(reader)
  }
  ended.forEachOf(context, mark)
  return used
}
