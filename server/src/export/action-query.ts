/** The filter language over steps of actions, for what an output takes of them. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { parseBy } from '@netscope/core/query/parse.ts'
import { predicateBy } from '@netscope/core/query/predicate.ts'
import type { RecordAccess, RecordTest } from '@netscope/core/query/predicate.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { queryFields } from '@netscope/core/query/query-field.ts'
import type { Query, QueryResult } from '@netscope/core/query/query.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { ACTION_STATES } from '../respond/action.ts'
import { MODES } from '../respond/policy.ts'
import type { ActionEvent } from './export-format.ts'

/** The agent is a field by itself: queryFields adds it. */
const FIELDS = queryFields([
  { name: 'id', type: 'id', description: 'Of the action.' },
  {
    ...{ name: 'step', type: 'text', description: 'What has just been done.' },
    values: [...ACTION_STATES, 'note'],
  },
  { name: 'policy', type: 'text', description: 'That did it; empty: a person.' },
  {
    ...{ name: 'mode', type: 'text', description: 'Of the policy, or by hand.' },
    values: [...MODES, 'manual'],
  },
  { name: 'alert', type: 'id', description: 'That is answered.' },
  { name: 'target', type: 'address', description: 'Address, or the first one of a prefix.' },
  { name: 'by', type: 'text', description: 'Person or part of NetScope.' },
])

export const parseActionQuery = (text: string): QueryResult => parseBy(text, FIELDS)

const textOf = ({ action, step }: ActionEvent, name: string): string => {
  if (name === 'step') return step.state
  if (name === 'by') return step.by
  if (name === 'agent') return action.agent
  if (name === 'id' || name === 'policy' || name === 'mode' || name === 'alert') return action[name]
  return action.target
}

const IN_STEP: RecordAccess<ActionEvent> = {
  text: (name) => (event) => textOf(event, name),
  number: () => () => Number.NaN,
  inside(name, prefix) {
    const inside = prefixTest(prefix)
    const bytes = new Uint8Array(PREFIX_BYTES)
    const view = new DataView(bytes.buffer)
    return (event) => encodePrefix(textOf(event, name), bytes, 0) === undefined && inside(view, 4)
  },
}

/** `now`: milliseconds since 1970. */
export const actionTest = (query: Query, now: () => number): RecordTest<ActionEvent> =>
  predicateBy(query, IN_STEP, now)
