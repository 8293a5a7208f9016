/** POST /api/v1/captures: packets as a pcapng file, while they pass. DELETE ends one in good order. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { CaptureFilter } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Agent, Agents } from '../agents.ts'
import type { Audit } from '../auth/audit.ts'
import type { Captures } from '../captures/captures.ts'
import { findFlowKey } from '../captures/flow-key.ts'
import type { Flows } from '../flows/flows.ts'
import type { App } from './app-types.ts'
import { answerOf, operation } from './operation.ts'
import {
  addressParam,
  portParam,
  protocolParam,
  readAddress,
  readProtocol,
} from './query-values.ts'

const strict = { additionalProperties: false }

const captureBody = Type.Object(
  {
    agent: Type.Optional(Type.String({ maxLength: 253 })),
    filter: Type.Optional(
      Type.Object(
        {
          ip: Type.Optional(addressParam),
          port: Type.Optional(portParam),
          protocol: Type.Optional(protocolParam),
          interface: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
        },
        strict,
      ),
    ),
    flow: Type.Optional(Type.String({ maxLength: 300 })),
    seconds: Type.Integer({ minimum: 1, maximum: 600, default: 10 }),
    maxBytes: Type.Integer({ minimum: 4096, maximum: 1 << 30, default: 100_000_000 }),
    snapLength: Type.Integer({ minimum: 16, maximum: 65_535, default: 65_535 }),
    beforeBytes: Type.Optional(
      Type.Integer({
        ...{ minimum: 1, maximum: 1 << 30 },
        description:
          'Of the file, for packets from before, out of the capture ring where the agent keeps one; half of maxBytes where beforeSeconds is given alone.',
      }),
    ),
    beforeSeconds: Type.Optional(
      Type.Integer({
        ...{ minimum: 1, maximum: 86_400 },
        description: 'How old packets from before may be.',
      }),
    ),
  },
  strict,
)
const idParam = Type.Object({ id: Type.Integer({ minimum: 1 }) })

const START_CAPTURE = operation({
  operationId: 'startCapture',
  tags: ['captures'],
  summary: 'Packets as they pass; the header netscope-capture numbers the capture.',
  body: captureBody,
  response: { 200: answerOf('application/x-pcapng', 'A pcapng file that ends with the capture.') },
})
const STOP_CAPTURE = operation({
  operationId: 'stopCapture',
  tags: ['captures'],
  summary: 'Ends a capture in good order: its file comes to its end.',
  params: idParam,
  response: {
    200: Type.Object(
      { ok: Type.Literal(true), capture: Type.Integer() },
      { title: 'CaptureEnded' },
    ),
  },
})

export interface CaptureRouteDeps {
  auth: { audit: Audit }
  agents: Agents
  captures: Captures
  flows: Flows
}

export const addCaptureRoutes = (app: App, deps: CaptureRouteDeps): void => {
  app.post('/api/v1/captures', { schema: START_CAPTURE }, async (request, reply) => {
    const { body, principal, ip: from } = request
    const { agent, filter } = whatToCapture(deps, body)
    const { seconds, maxBytes, snapLength } = body
    const before = beforeOf(body)
    const limits = { seconds, maxBytes, snapLength, ...before }
    const { id, file } = await deps.captures.open(agent, filter, limits)
    const after = { ...shownFilter(body), seconds, maxBytes, ...before }
    const record = { principal, target: `${agent.name} ${id}`, from }
    deps.auth.audit.record({ ...record, action: 'capture.start', after })
    // The client learns at once that it runs, not with the first packet.
    reply.raw.once('pipe', () => reply.raw.flushHeaders())
    return reply
      .type('application/x-pcapng')
      .header('content-disposition', `attachment; filename="capture-${agent.name}-${id}.pcapng"`)
      .header('netscope-capture', String(id))
      .send(file)
  })

  app.delete('/api/v1/captures/:id', { schema: STOP_CAPTURE }, async (request) => {
    const { params, principal, ip: from } = request
    await deps.captures.stop(params.id)
    const target = String(params.id)
    deps.auth.audit.record({ principal, action: 'capture.stop', target, from })
    return { ok: true as const, capture: params.id }
  })
}

/** A time alone leaves half of the file for what comes. */
const beforeOf = ({ beforeBytes, beforeSeconds, maxBytes }: Static<typeof captureBody>) => {
  if (beforeSeconds === undefined) return beforeBytes === undefined ? {} : { beforeBytes }
  return { beforeBytes: beforeBytes ?? maxBytes >> 1, beforeSeconds }
}

/** As it was asked for, for the audit log. */
const shownFilter = ({ filter, flow }: Static<typeof captureBody>) => ({
  ...(filter && { filter }),
  ...(flow !== undefined && { flow }),
})

const whatToCapture = (
  { agents, flows }: CaptureRouteDeps,
  { agent: name, filter, flow }: Static<typeof captureBody>,
): { agent: Agent; filter: CaptureFilter } => {
  if (flow === undefined) return { agent: agentOf(agents, name), filter: readFilter(filter) }
  if (filter !== undefined || name !== undefined) {
    const reason = 'a flow is at one place of one agent: leave filter and agent out.'
    throw new NetscopeError('request.invalid', { reason })
  }
  const found = findFlowKey(flows, agents.all, flow)
  if (!found) throw new NetscopeError('capture.no-flow', { flow: JSON.stringify(flow) })
  return { agent: agentOf(agents, found.agent), filter: { key: found.key } }
}

const readFilter = ({
  ip,
  protocol,
  ...plain
}: NonNullable<Static<typeof captureBody>['filter']> = {}): CaptureFilter => {
  const filter: CaptureFilter = { ...plain }
  if (ip !== undefined) filter.ip = readAddress('ip', ip).text
  if (protocol !== undefined) filter.protocol = readProtocol('protocol', protocol)
  return filter
}

const agentOf = ({ connected }: Agents, name: string | undefined): Agent => {
  const [first, second] = connected
  if (!first) throw new NetscopeError('agent.away')
  if (name !== undefined) {
    const found = connected.find((agent) => agent.name === name)
    if (found) return found
    throw new NetscopeError('capture.no-agent', { agent: JSON.stringify(name) })
  }
  if (!second) return first
  const names = connected.map((agent) => agent.name).join(', ')
  throw new NetscopeError('request.invalid', { reason: `agent must be one of ${names}.` })
}
