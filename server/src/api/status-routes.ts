/** Status of the agents, what they found out about their machines, /health for people, /ready for machines. */
import type { Status } from '@netscope/core/status.ts'
import type { Agents } from '../agents.ts'
import type { Principal } from '../auth/principal.ts'
import type { Exports } from '../export/exports.ts'
import type { SharedStream } from '../stream/shared-stream.ts'
import type { SseConnections } from '../stream/sse.ts'
import { answerOf, eventStreamOf, operation } from './operation.ts'
import { diagnosesAnswer, healthAnswer, readinessAnswer, statusAnswer } from './status-schema.ts'
import type { App } from './app-types.ts'

/** Before an agent has told its status, the fields of `Status` are absent; while it is away, they are the last ones. */
export interface StatusBody extends Partial<Status> {
  agentConnected: boolean
  serverVersion: string
  agents: { name: string; hostname: string; version: string; source: string; connected: boolean }[]
}

export const statusBody = (agents: Agents, serverVersion: string): StatusBody => {
  const { all } = agents
  const shown = all.find(({ link }) => link) ?? all[0]
  return {
    ...shown?.status,
    agentConnected: shown?.link !== undefined,
    serverVersion,
    agents: all.map(({ name, hello, link }) => ({
      name,
      hostname: hello.hostname,
      version: hello.version,
      source: hello.source,
      connected: link !== undefined,
    })),
  }
}

/** Everything that is not as it should be, in words. */
const problemsOf = (agents: Agents, exports: Pick<Exports, 'problems'>): string[] => {
  const { all, connected } = agents
  const away = all.filter(({ link }) => !link).map(({ name }) => `Agent ${name} is away.`)
  if (all.length === 0) away.push('No agent has connected yet.')
  return [
    ...away,
    ...connected.flatMap(({ status }) => status?.degraded ?? ['The agent has told no status yet.']),
    ...exports.problems(),
  ]
}

/** Names of machines are nothing for whoever has not signed in; that something is wrong is. */
const shownTo = ({ role }: Principal, problems: string[]): string[] =>
  role === 'none' && problems.length > 0 ? ['Sign in to see what is wrong.'] : problems

const GET_STATUS = operation({
  operationId: 'getStatus',
  tags: ['health'],
  summary: 'What the agent told last, and who the agents are.',
  response: { 200: statusAnswer },
})
const STREAM_STATUS = operation({
  operationId: 'streamStatus',
  tags: ['health'],
  summary: 'The status at once and every second.',
  response: { 200: eventStreamOf('`status`, as getStatus.') },
})
const GET_DIAGNOSIS = operation({
  operationId: 'getDiagnosis',
  tags: ['health'],
  summary: 'What each agent found out about its machine when it started.',
  response: { 200: diagnosesAnswer },
})
const GET_HEALTH = operation({
  operationId: 'getHealth',
  tags: ['health'],
  summary: 'Whether all is well, in words.',
  response: { 200: healthAnswer },
})
const GET_READINESS = operation({
  operationId: 'getReadiness',
  tags: ['health'],
  summary: 'Whether an agent is connected and has told its status.',
  response: { 200: readinessAnswer, 503: readinessAnswer },
})
const GET_METRICS = operation({
  operationId: 'getMetrics',
  tags: ['metrics'],
  summary: 'Everything for Prometheus, in its text format.',
  response: { 200: answerOf('text/plain', 'Prometheus text format.') },
})

export interface StatusRouteDeps {
  agents: Agents
  exports: Pick<Exports, 'problems'>
  sse: SseConnections
  statusStream: SharedStream<undefined>
  version: string
  /** Text of /metrics. */
  metrics(): Promise<{ contentType: string; body: Buffer }>
}

export const addStatusRoutes = (
  app: App,
  { agents, exports, sse, statusStream, version, metrics }: StatusRouteDeps,
): void => {
  app.get('/api/v1/status', { schema: GET_STATUS }, async () => statusBody(agents, version))

  app.get(
    '/api/v1/status/stream',
    { schema: STREAM_STATUS, exposeHeadRoute: false },
    async (_request, reply) => {
      sse.open(reply, (sink) => statusStream.add(sink, '', undefined))
    },
  )

  app.get('/api/v1/diagnosis', { schema: GET_DIAGNOSIS }, async () => ({
    agents: agents.all.map(({ name, diagnosis }) => ({
      agent: name,
      ...(diagnosis && { diagnosis }),
    })),
  }))

  app.get('/health', { schema: GET_HEALTH }, async ({ principal }) => {
    const degraded = shownTo(principal, problemsOf(agents, exports))
    return {
      status: degraded.length === 0 ? ('ok' as const) : ('degraded' as const),
      degraded,
      agentConnected: agents.connected.length > 0,
      version,
      uptimeSeconds: Math.floor(process.uptime()),
    }
  })

  app.get('/ready', { schema: GET_READINESS }, async ({ principal }, reply) => {
    const { connected } = agents
    const ready = connected.some(({ status }) => status !== undefined)
    const missing = connected.flatMap(({ name, status }) =>
      (status?.capabilities ?? [])
        .filter(({ ok, isExtra }) => !ok && !isExtra)
        .map((of) => ({ agent: name, ...of })),
    )
    reply.code(ready ? 200 : 503)
    const isKnown = principal.role !== 'none'
    return {
      ready,
      agentConnected: connected.length > 0,
      missing: isKnown ? missing : [],
      degraded: shownTo(principal, problemsOf(agents, exports)),
    }
  })

  app.get('/metrics', { schema: GET_METRICS }, async (_request, reply) => {
    const { contentType, body } = await metrics()
    return reply.type(contentType).send(body)
  })
}
