/** Figures for dashboards: counts of connections, and questions to a Prometheus. */
import { Type } from 'typebox'
import { countConnections } from '../flows/connection-counts.ts'
import type { Flows } from '../flows/flows.ts'
import type { QueryPath, QueryPrometheus } from '../prometheus/query-prometheus.ts'
import type { App } from './app-types.ts'
import { STRICT, operation } from './operation.ts'
import { createSharedBodies } from './shared-body.ts'

const counts = (description: string) => Type.Record(Type.String(), Type.Integer(), { description })

const GET_CONNECTIONS = operation({
  operationId: 'getConnectionMetrics',
  tags: ['metrics'],
  summary: 'How many live flows there are, counted at most once a second.',
  response: {
    200: Type.Object(
      {
        total: Type.Integer(),
        byState: counts('TCP, by the state of the socket on a host with an agent; else `unknown`.'),
        byProtocol: counts('By name of the IP protocol.'),
        byVerdict: counts('By what happens to their packets.'),
        topProcesses: Type.Array(
          Type.Object({ process: Type.String(), connections: Type.Integer() }),
        ),
      },
      { title: 'ConnectionMetrics' },
    ),
  },
})

const expression = Type.String({ minLength: 1, maxLength: 8192, description: 'PromQL.' })
const instant = Type.String({
  maxLength: 40,
  pattern: '^[0-9TZ.:+-]+$',
  description: 'RFC 3339, or seconds since 1970.',
})
const length = Type.String({
  maxLength: 20,
  pattern: '^[0-9.a-z]+$',
  description: 'Such as 15s, or seconds.',
})

const answer = Type.Unsafe<object>({
  type: 'object',
  title: 'PrometheusAnswer',
  description: "Prometheus' own answer.",
  properties: { status: { type: 'string' }, data: { type: 'object', additionalProperties: true } },
  additionalProperties: true,
})

const QUERY = operation({
  operationId: 'queryMetrics',
  tags: ['metrics'],
  summary: 'A PromQL expression at one time, by the configured Prometheus.',
  querystring: Type.Object({ expr: expression, time: Type.Optional(instant) }, STRICT),
  response: { 200: answer },
})
const QUERY_RANGE = operation({
  operationId: 'queryMetricsRange',
  tags: ['metrics'],
  summary: 'A PromQL expression over a range of time, by the configured Prometheus.',
  querystring: Type.Object(
    { expr: expression, start: instant, end: instant, step: length },
    STRICT,
  ),
  response: { 200: answer },
})

export interface MetricRouteDeps {
  flows: Pick<Flows, 'sets'>
  queryPrometheus: QueryPrometheus
  now(): number
}

export const addMetricRoutes = (
  app: App,
  { flows, queryPrometheus, now }: MetricRouteDeps,
): void => {
  const bodies = createSharedBodies({ maxAgeMs: 1000, maxBodies: 1 }, { now })

  app.get('/api/v1/metrics/connections', { schema: GET_CONNECTIONS }, async (request, reply) =>
    bodies.send(request, reply, '', async () =>
      JSON.stringify(await countConnections(flows.sets('live'))),
    ),
  )

  const ask = (path: QueryPath, { expr, ...rest }: { expr: string }) =>
    queryPrometheus(path, { query: expr, ...rest })

  app.get('/api/v1/metrics/query', { schema: QUERY }, async ({ query }, reply) =>
    reply.type('application/json; charset=utf-8').send(await ask('query', query)),
  )
  app.get('/api/v1/metrics/query_range', { schema: QUERY_RANGE }, async ({ query }, reply) =>
    reply.type('application/json; charset=utf-8').send(await ask('query_range', query)),
  )
}
