/** A flow as answers show it: the schema of the flow field table. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FieldType } from '@netscope/core/flow.ts'
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import type { FlowRow } from '../flows/flow-query.ts'
import type { FlowPlaces } from '../geo/flow-places.ts'

const TEXT_TYPES = new Set<FieldType>(['id', 'address', 'text', 'time'])

interface FieldFacts {
  type: FieldType
  description: string
  values?: readonly string[]
}

/** A field of more values is any text to whoever reads it. */
const MOST_VALUES = 20

const fields = Object.fromEntries<TSchema>(
  Object.entries<FieldFacts>(FLOW_FIELDS).map(
    ([name, { type, description, values }]): [string, TSchema] => {
      if (!TEXT_TYPES.has(type)) return [name, Type.Number({ description })]
      const isClosed = values !== undefined && values.length <= MOST_VALUES
      return [name, Type.String({ description, ...(isClosed && { enum: values }) })]
    },
  ),
)

/** Looked up when a flow is asked for; absent where only stored fields are shown. */
const places = Object.fromEntries<TSchema>(
  (['src', 'dst'] as const).flatMap((side): [string, TSchema][] => [
    [
      `${side}Network`,
      Type.Optional(
        Type.String({ description: `Network of ${side} (networks.named); else empty.` }),
      ),
    ],
    [
      `${side}Country`,
      Type.Optional(Type.String({ description: `Country of ${side}, ISO 3166-1; else empty.` })),
    ],
    [
      `${side}Asn`,
      Type.Optional(Type.Integer({ description: `Autonomous system of ${side}; else 0.` })),
    ],
    [
      `${side}AsName`,
      Type.Optional(Type.String({ description: `Name of the autonomous system of ${side}.` })),
    ],
  ]),
)

export const flowSchema = Type.Unsafe<FlowRow & Partial<FlowPlaces>>(
  Type.Object(
    {
      ...fields,
      agent: Type.String({ description: 'Who counted it.' }),
      stale: Type.Boolean({
        description: 'Its agent is away, or has not confirmed it since it came back.',
      }),
      ...places,
    },
    { title: 'Flow' },
  ),
)

export const flowPageSchema = Type.Object(
  {
    total: Type.Integer({ description: 'Flows that match.' }),
    flows: Type.Array(flowSchema),
  },
  { title: 'FlowPage' },
)
