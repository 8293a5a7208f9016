/** GET /api/v1/query/completions: what could stand at a place of a filter. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import type { KnownValues } from '@netscope/core/query/complete.ts'
import { completionsOf } from '@netscope/core/query/parse-query.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'
import type { Flows } from '../flows/flows.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'

const completionsQuery = Type.Object(
  {
    text: Type.String({ maxLength: QUERY_LIMITS.length }),
    cursor: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: QUERY_LIMITS.length,
        description: 'UTF-16 code units before it; without it, the end.',
      }),
    ),
  },
  STRICT,
)

const completions = Type.Object(
  {
    from: Type.Integer({ description: 'An option stands for the text from here …' }),
    to: Type.Integer({ description: '… to before here.' }),
    options: Type.Array(
      Type.Object({
        text: Type.String(),
        kind: Type.Enum(['field', 'operator', 'value', 'keyword']),
        detail: Type.String({ description: 'Its meaning.' }),
      }),
    ),
  },
  { title: 'Completions' },
)

const COMPLETE_QUERY = operation({
  operationId: 'completeQuery',
  tags: ['flows'],
  summary: 'What could stand at a place of a filter: fields, operators, values.',
  querystring: completionsQuery,
  response: { 200: completions },
})

/** Texts change little from flow to flow: a look at a few thousand finds most. */
const FLOWS_LOOKED_AT = 4000
const VALUES_FOUND = 500

/** Texts that live flows have in the field, the most frequent first. */
const textsOf = (flows: Flows): KnownValues => {
  return ({ of }) => {
    const counts = new Map<string, number>()
    for (const set of flows.sets('live')) {
      const looked = Math.min(set.size, FLOWS_LOOKED_AT)
      for (let position = 0; position < looked && counts.size < VALUES_FOUND; position++) {
        const reader = set.at(position)
        if (!reader) continue
        for (const name of of) {
          const text =
            name === 'agent'
              ? reader.context.agent
              : String(FLOW_FIELDS[name as FlowFieldName].read(reader))
          if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1)
        }
      }
    }
    return [...counts].toSorted(([, a], [, b]) => b - a).map(([text]) => text)
  }
}

export const addQueryRoutes = (app: App, { flows }: { flows: Flows }): void => {
  app.get('/api/v1/query/completions', { schema: COMPLETE_QUERY }, async ({ query }) =>
    completionsOf(query.text, query.cursor ?? query.text.length, textsOf(flows)),
  )
}
