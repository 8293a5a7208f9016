/** The key of a flow, so that exactly its packets can be captured. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { KEY_BYTES } from '@netscope/core/slot.ts'
import type { Flows } from '../flows/flows.ts'
import type { RecordSet } from '../flows/record-set.ts'

export interface FoundFlow {
  agent: string
  /** In hex. */
  key: string
}

/** `AGENT-SLOT-TIME` (FLOW_FIELDS.id) */
const ID = /^(.+)-(\d{1,8})-[0-9a-z]+$/

/** undefined: neither live nor among those that ended last. */
export const findFlowKey = (
  flows: Flows,
  agents: readonly { name: string }[],
  id: string,
): FoundFlow | undefined => {
  const [, agent = '', slot = ''] = ID.exec(id) ?? []
  if (!agents.some(({ name }) => name === agent)) return undefined
  const isIt = (reader: FlowReader | undefined): reader is FlowReader =>
    reader !== undefined && FLOW_FIELDS.id.read(reader) === id
  const live = flows.of(agent).mirror.at(Number(slot))
  if (isIt(live)) return { agent, key: keyOf(live) }
  const ended: RecordSet = flows.ended
  for (let position = 0; position < ended.size; position++) {
    const reader = ended.at(position)
    if (isIt(reader)) return { agent, key: keyOf(reader) }
  }
  return undefined
}

const keyOf = ({ view, key }: FlowReader): string =>
  Buffer.from(view.buffer, view.byteOffset + key, KEY_BYTES).toString('hex')
