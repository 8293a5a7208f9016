/** Answers about status and health. */
import { Type } from 'typebox'
import { diagnosisSchema } from '../ingest/diagnosis-schema.ts'
import { statusSchema } from '../ingest/status-schema.ts'

const agent = Type.Object({
  name: Type.String(),
  hostname: Type.String(),
  version: Type.String(),
  source: Type.String({ description: 'ebpf or mock.' }),
  connected: Type.Boolean(),
})

export const statusAnswer = Type.Object(
  {
    ...Type.Partial(statusSchema).properties,
    agentConnected: Type.Boolean(),
    serverVersion: Type.String(),
    agents: Type.Array(agent),
  },
  { title: 'StatusAnswer', description: 'Without an agent, the fields of its status are absent.' },
)

export const diagnosesAnswer = Type.Object(
  {
    agents: Type.Array(
      Type.Object({ agent: Type.String(), diagnosis: Type.Optional(diagnosisSchema) }),
    ),
  },
  { title: 'Diagnoses' },
)

export const healthAnswer = Type.Object(
  {
    status: Type.Enum(['ok', 'degraded']),
    degraded: Type.Array(Type.String(), { description: 'Why, in sentences.' }),
    agentConnected: Type.Boolean(),
    version: Type.String(),
    uptimeSeconds: Type.Integer(),
  },
  { title: 'Health' },
)

export const readinessAnswer = Type.Object(
  {
    ready: Type.Boolean(),
    agentConnected: Type.Boolean(),
    missing: Type.Array(
      Type.Object({
        agent: Type.String(),
        name: Type.String(),
        ok: Type.Boolean(),
        reason: Type.Optional(Type.String()),
      }),
      { description: 'Capabilities that a kernel lacks.' },
    ),
    degraded: Type.Array(Type.String()),
  },
  { title: 'Readiness' },
)
