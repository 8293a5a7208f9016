/** A flow whose fields are read where a reader stands, each when it is asked for: formats need half of them. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { StoredFlow } from '../store/flow-store.ts'

/** It is of the record that the reader stands at when a field is read. */
export const createFlowView = (reader: FlowReader): StoredFlow => {
  const view = { agent: reader.context.agent }
  for (const [name, { read }] of Object.entries(FLOW_FIELDS))
    Object.defineProperty(view, name, { get: () => read(reader) })
  return view as StoredFlow
}
