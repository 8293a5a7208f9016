/** Status of the agents, what they found out about their machines, /health for people, /ready for machines. */
import type { Status } from '@netscope/core/status.ts'
import type { Agents } from '../agents.ts'
import type { SharedStream } from '../stream/shared-stream.ts'
import type { SseConnections } from '../stream/sse.ts'
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
const problemsOf = (agents: Agents): string[] => {
  const { all, connected } = agents
  const away = all.filter(({ link }) => !link).map(({ name }) => `Agent ${name} is away.`)
  if (all.length === 0) away.push('No agent has connected yet.')
  return [
    ...away,
    ...connected.flatMap(({ status }) => status?.degraded ?? ['The agent has told no status yet.']),
  ]
}

export interface StatusRouteDeps {
  agents: Agents
  sse: SseConnections
  statusStream: SharedStream<undefined>
  version: string
}

export const addStatusRoutes = (
  app: App,
  { agents, sse, statusStream, version }: StatusRouteDeps,
): void => {
  app.get('/api/v1/status', async () => statusBody(agents, version))

  app.get('/api/v1/status/stream', { exposeHeadRoute: false }, async (_request, reply) => {
    sse.open(reply, (sink) => statusStream.add(sink, '', undefined))
  })

  app.get('/api/v1/diagnosis', async () => ({
    agents: agents.all.map(({ name, diagnosis }) => ({ agent: name, diagnosis })),
  }))

  app.get('/health', async () => {
    const degraded = problemsOf(agents)
    return {
      status: degraded.length === 0 ? 'ok' : 'degraded',
      degraded,
      agentConnected: agents.connected.length > 0,
      version,
      uptimeSeconds: Math.floor(process.uptime()),
    }
  })

  app.get('/ready', async (_request, reply) => {
    const { connected } = agents
    const ready = connected.some(({ status }) => status !== undefined)
    const missing = connected.flatMap(({ name, status }) =>
      (status?.capabilities ?? [])
        .filter(({ ok, isExtra }) => !ok && !isExtra)
        .map((of) => ({ agent: name, ...of })),
    )
    reply.code(ready ? 200 : 503)
    return { ready, agentConnected: connected.length > 0, missing, degraded: problemsOf(agents) }
  })
}
