/** A query as a test of flow records in place, or of flows as the API gives them. */
import { FLOW_FIELDS, type Flow, type FlowFieldName } from '../flow.ts'
import type { FlowReader } from '../flow-record.ts'
import { encodePrefix } from '../prefix.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { predicateBy, type Now, type RecordAccess, type RecordTest } from './predicate.ts'
import { prefixTest } from './prefix-test.ts'
import type { Query } from './query.ts'

/** A flow beside which stands who counted it. */
type FlowOfAgent = Flow & { agent: string }

const fieldOf = (name: string) => FLOW_FIELDS[name as FlowFieldName]

const IN_RECORD: RecordAccess<FlowReader> = {
  text(name) {
    if (name === 'agent') return (r) => r.context.agent
    const { read } = fieldOf(name)
    return read as (r: FlowReader) => string
  },
  number(name) {
    const { read, us } = fieldOf(name)
    return us ?? (read as (r: FlowReader) => number)
  },
  inside(name, prefix) {
    const inside = prefixTest(prefix)
    const { at } = fieldOf(name)
    return at ? (r) => inside(r.view, at(r)) : () => false
  },
}

/** Microseconds since 1970 of a time as flows have it; NaN of ''. */
const microsOf = (iso: string): number =>
  Date.parse(`${iso.slice(0, 23)}Z`) * 1000 + Number(iso.slice(23, -1))

const IN_FLOW: RecordAccess<FlowOfAgent> = {
  text: (name) => (flow) => String(flow[name as FlowFieldName]),
  number: (name) =>
    fieldOf(name).type === 'time'
      ? (flow) => microsOf(String(flow[name as FlowFieldName]))
      : (flow) => Number(flow[name as FlowFieldName]),
  inside(name, prefix) {
    const inside = prefixTest(prefix)
    const bytes = new Uint8Array(PREFIX_BYTES)
    const view = new DataView(bytes.buffer)
    return (flow) =>
      encodePrefix(String(flow[name as FlowFieldName]), bytes, 0) === undefined && inside(view, 4)
  },
}

/** Whether the query holds for the record that a reader stands at. */
export const predicateOf = (query: Query, now: Now): RecordTest<FlowReader> =>
  predicateBy(query, IN_RECORD, now)

/** Whether the query holds for a decoded flow. */
export const flowPredicateOf = (query: Query, now: Now): RecordTest<FlowOfAgent> =>
  predicateBy(query, IN_FLOW, now)
