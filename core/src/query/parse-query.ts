/** The filter language over the flow field table. */
import { FLOW_FIELDS } from '../flow.ts'
import { completionsBy, type KnownValues } from './complete.ts'
import { parseBy } from './parse.ts'
import type { Completions, QueryResult } from './query.ts'
import { queryFields } from './query-field.ts'

/** All that can be asked about a flow. */
export const FLOW_QUERY_FIELDS = queryFields(
  Object.entries(FLOW_FIELDS).map(([name, field]) => ({ name, ...field })),
)

/** The query that `text` says; an empty text asks for everything. */
export const parseQuery = (text: string): QueryResult => parseBy(text, FLOW_QUERY_FIELDS)

/** What could stand at `cursor`; `known` gives values that there are just now. */
export const completionsOf = (text: string, cursor: number, known?: KnownValues): Completions =>
  completionsBy(text, cursor, FLOW_QUERY_FIELDS, known)
