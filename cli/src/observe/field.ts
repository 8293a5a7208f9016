/** What `netscope observe` can show and sum: all that a query can ask for (core/src/query). */
import type { Flow } from '@netscope/core/flow.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { FLOW_QUERY_FIELDS } from '@netscope/core/query/parse-query.ts'
import type { QueryField } from '@netscope/core/query/query-field.ts'
import { formatTable } from '../output/table.ts'

/** A flow as the API gives it. */
export interface FlowRow extends Flow {
  agent: string
  stale: boolean
}

export interface Field extends Pick<QueryField, 'name' | 'type'> {
  /** One value; of a field of either side several, of which any may match. */
  values(flow: FlowRow): readonly (string | number)[]
}

const valuesOf = ({ of, combine }: QueryField): Field['values'] => {
  const names = of as readonly Exclude<keyof FlowRow, 'stale'>[]
  if (combine === 'any') return (flow) => names.map((name) => flow[name])
  return (flow) => [names.reduce((sum, name) => sum + Number(flow[name]), 0)]
}

/** All fields as a table. */
export const fieldTable = (): string[] =>
  formatTable(
    [
      { title: 'FIELD', text: ({ name }) => name },
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'MEANING', text: ({ description }) => description },
    ],
    FLOW_QUERY_FIELDS.list,
  )

/** The field of that name, in any case; throws `filter.invalid`, with the name that was probably meant. */
export const fieldOf = (name: string, place: string): Field => {
  const found = FLOW_QUERY_FIELDS.find(name)
  if (found) return { name: found.name, type: found.type, values: valuesOf(found) }
  const meant = FLOW_QUERY_FIELDS.suggest(name)
  throw new NetscopeError('filter.invalid', {
    filter: place,
    reason: `there is no field ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  })
}
