/** The agents: how each is, letting one in, and shutting one out. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Audit } from '../auth/audit.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { agentSchema } from './agent-schema.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'

const HOUR_SECONDS = 3600
const nameParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 253 }) })

const LIST = operation({
  operationId: 'listAgents',
  tags: ['agents'],
  summary: 'The agents, by name: who they are, whether they are there, what is wrong with them.',
  response: { 200: Type.Object({ agents: Type.Array(agentSchema), total: Type.Integer() }) },
})
const GET = operation({
  operationId: 'getAgent',
  tags: ['agents'],
  summary: 'An agent.',
  params: nameParams,
  response: { 200: agentSchema },
})
const INVITE = operation({
  operationId: 'inviteAgent',
  tags: ['agents'],
  summary: 'Makes a join token, by which one agent can join; it is told once and counts once.',
  description:
    'With the name of an agent that has joined, the token lets that one back in: its older credential counts no more.',
  body: Type.Object(
    {
      name: Type.Optional(
        Type.String({
          maxLength: 253,
          pattern: '^[A-Za-z0-9._-]*$',
          description: 'Name that the agent gets; without it, the one it asks for.',
        }),
      ),
      expiresInSeconds: Type.Integer({
        minimum: 60,
        maximum: 30 * 24 * HOUR_SECONDS,
        default: HOUR_SECONDS,
      }),
    },
    STRICT,
  ),
  response: {
    201: Type.Object(
      {
        token: Type.String(),
        expiresAtMs: Type.Number(),
        server: Type.String({ description: 'Address that the token names.' }),
      },
      { title: 'Invitation' },
    ),
  },
})
const REMOVE = operation({
  operationId: 'removeAgent',
  tags: ['agents'],
  summary: 'Shuts an agent out: its credential counts no more, and it is forgotten.',
  params: nameParams,
  response: { 200: agentSchema },
})

export interface AgentRouteDeps {
  fleet: Fleet
  auth: { audit: Pick<Audit, 'record'> }
}

export const addAgentRoutes = (app: App, { fleet, auth: { audit } }: AgentRouteDeps): void => {
  app.get('/api/v1/agents', { schema: LIST }, async () => {
    const agents = fleet.list()
    return { agents, total: agents.length }
  })

  app.get('/api/v1/agents/:name', { schema: GET }, async ({ params: { name } }) => {
    const found = fleet.list().find((agent) => agent.name === name)
    if (!found) throw new NetscopeError('fleet.no-agent', { agent: name })
    return found
  })

  app.post('/api/v1/agents/invite', { schema: INVITE }, async (request, reply) => {
    const { principal, ip: from } = request
    const { name = '', expiresInSeconds } = request.body
    const expiresInMs = expiresInSeconds * 1000
    const invitation = fleet.invite({ name, by: principal.name, expiresInMs })
    const { expiresAtMs } = invitation
    const after = { name, expiresAtMs }
    audit.record({ principal, action: 'agent.invite', target: name, after, from })
    return reply.code(201).send(invitation)
  })

  app.delete('/api/v1/agents/:name', { schema: REMOVE }, async (request) => {
    const { principal, ip: from, params } = request
    const before = fleet.remove(params.name)
    const { hostname, joinedAtMs } = before
    const target = params.name
    const was = { hostname, joinedAtMs }
    audit.record({ principal, action: 'agent.remove', target, before: was, from })
    return before
  })
}
