/** A flow as answers show it: the schema of the flow field table. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FieldType } from '@netscope/core/flow.ts'
import { Type } from 'typebox'
import type { FlowRow } from '../flows/flow-query.ts'

const TEXT_TYPES = new Set<FieldType>(['id', 'address', 'text', 'time'])

const fields = Object.fromEntries(
  Object.entries(FLOW_FIELDS).map(([name, { type, description }]) => [
    name,
    TEXT_TYPES.has(type) ? Type.String({ description }) : Type.Number({ description }),
  ]),
)

export const flowSchema = Type.Unsafe<FlowRow>(
  Type.Object(
    {
      ...fields,
      agent: Type.String({ description: 'Who counted it.' }),
      stale: Type.Boolean({
        description: 'Its agent is away, or has not confirmed it since it came back.',
      }),
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
