/** What the API tells of an agent. */
import { Type } from 'typebox'

const lists = Type.Object(
  {
    desiredRevision: Type.Integer({ description: 'How often the lists have changed.' }),
    confirmedRevision: Type.Optional(
      Type.Integer({ description: 'The one that the agent has in force and on its disk.' }),
    ),
    inForce: Type.Boolean({ description: 'Whether both are the same.' }),
    problem: Type.Optional(Type.String()),
  },
  { title: 'AgentLists' },
)

export const agentSchema = Type.Object(
  {
    name: Type.String(),
    hostname: Type.String(),
    version: Type.String(),
    source: Type.Optional(Type.String({ description: 'ebpf or mock.' })),
    state: Type.Enum(['connected', 'away']),
    isLocal: Type.Boolean({
      description: 'It is on the machine of the server, or was never let in.',
    }),
    from: Type.String({ description: 'Address that it connects from; `local`: the Unix socket.' }),
    lastSeenMs: Type.Number(),
    startedAtMs: Type.Optional(Type.Number()),
    joinedAtMs: Type.Optional(Type.Number()),
    credentialSinceMs: Type.Optional(
      Type.Number({ description: 'Since when it has its secret, which is replaced every month.' }),
    ),
    protocol: Type.Integer({ description: 'Version of the uplink.' }),
    clock: Type.Optional(
      Type.Object(
        {
          offsetMs: Type.Number({ description: 'How much its clock is ahead of ours.' }),
          roundTripMs: Type.Number(),
        },
        { title: 'AgentClock' },
      ),
    ),
    lists: Type.Optional(lists),
    capabilities: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          ok: Type.Boolean(),
          reason: Type.Optional(Type.String()),
          isExtra: Type.Optional(Type.Boolean()),
        },
        { title: 'AgentCapability' },
      ),
    ),
    degraded: Type.Array(Type.String(), { description: 'What is not as it should be, in words.' }),
  },
  { title: 'Agent' },
)
