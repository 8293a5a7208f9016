/** GET /api/v1/flows, its stream, and the traffic of the last minutes. */
import { predicateOf } from '@netscope/core/query/predicate-of.ts'
import { VERDICTS } from '@netscope/core/slot.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { createFlowTest } from '../flows/flow-match.ts'
import type { FlowFilter } from '../flows/flow-match.ts'
import { queryFlows } from '../flows/flow-query.ts'
import type { FlowPage, FlowQuery } from '../flows/flow-query.ts'
import type { FlowState, Flows } from '../flows/flows.ts'
import { withPlaces } from '../geo/flow-places.ts'
import type { Geo } from '../geo/geo.ts'
import { SORT_NAMES, sortKey } from '../flows/sort-key.ts'
import type { TrafficHistory } from '../flows/traffic-history.ts'
import type { SharedStream } from '../stream/shared-stream.ts'
import type { SseConnections } from '../stream/sse.ts'
import type { App } from './app-types.ts'
import { flowPageSchema } from './flow-schema.ts'
import { eventStreamOf, operation } from './operation.ts'
import {
  addressParam,
  filterParam,
  portParam,
  protocolParam,
  readAddress,
  readFilter,
  readProtocol,
} from './query-values.ts'

const partParam = Type.String({ minLength: 1, maxLength: 256 })

const flowsQuery = Type.Object(
  {
    state: Type.Enum(['live', 'ended', 'all'], { default: 'live' }),
    offset: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 }),
    limit: Type.Integer({ minimum: 0, maximum: 1000, default: 100 }),
    sort: Type.Enum([...SORT_NAMES, ...SORT_NAMES.map((name) => `-${name}`)], {
      default: '-lastSeen',
    }),
    src: Type.Optional(addressParam),
    dst: Type.Optional(addressParam),
    ip: Type.Optional(addressParam),
    port: Type.Optional(portParam),
    srcPort: Type.Optional(portParam),
    dstPort: Type.Optional(portParam),
    protocol: Type.Optional(protocolParam),
    interface: Type.Optional(Type.String({ maxLength: 64 })),
    verdict: Type.Optional(Type.Enum([...VERDICTS])),
    direction: Type.Optional(Type.Enum(['inbound', 'outbound', 'forwarded'])),
    process: Type.Optional(partParam),
    pid: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_294_967_295 })),
    user: Type.Optional(partParam),
    container: Type.Optional(partParam),
    name: Type.Optional(partParam),
    q: Type.Optional(Type.String({ maxLength: 200 })),
    filter: Type.Optional(filterParam),
  },
  { additionalProperties: false },
)
type FlowsParams = Static<typeof flowsQuery>

const trafficPoint = Type.Object(
  {
    timeMs: Type.Number(),
    rxBytes: Type.Number(),
    txBytes: Type.Number(),
    rxPackets: Type.Number(),
    txPackets: Type.Number(),
    droppedPackets: Type.Number(),
  },
  { title: 'TrafficPoint' },
)

const LIST_FLOWS = operation({
  operationId: 'listFlows',
  tags: ['flows'],
  summary: 'Flows that live, and those that ended last.',
  querystring: flowsQuery,
  response: { 200: flowPageSchema },
})
const STREAM_FLOWS = operation({
  operationId: 'streamFlows',
  tags: ['flows'],
  summary: 'A page of flows at once and every second.',
  querystring: flowsQuery,
  response: { 200: eventStreamOf('`flows`, a page.') },
})
const GET_TRAFFIC = operation({
  operationId: 'getTraffic',
  tags: ['flows'],
  summary: 'The traffic of the last ten minutes, a point per second.',
  response: { 200: Type.Object({ points: Type.Array(trafficPoint) }, { title: 'Traffic' }) },
})

export interface FlowsRequest extends FlowQuery {
  state: FlowState
}

const readRequest = (params: FlowsParams, wallClock: () => number): FlowsRequest => {
  const { state, offset, limit, sort, src, dst, ip, protocol, filter: where, ...plain } = params
  const filter: FlowFilter = { ...plain }
  if (where !== undefined) filter.where = predicateOf(readFilter(where), wallClock)
  if (src !== undefined) filter.src = readAddress('src', src)
  if (dst !== undefined) filter.dst = readAddress('dst', dst)
  if (ip !== undefined) filter.ip = readAddress('ip', ip)
  if (protocol !== undefined) filter.protocol = readProtocol('protocol', protocol)
  const descending = sort.startsWith('-')
  const key = sortKey(descending ? sort.slice(1) : sort)
  return { state, offset, limit, descending, key, test: createFlowTest(filter) }
}

export interface FlowRouteDeps {
  flows: Flows
  traffic: TrafficHistory
  sse: SseConnections
  flowStream: SharedStream<FlowsRequest>
  geo: Pick<Geo, 'find'>
  /** Milliseconds since 1970. */
  wallClock(): number
}

/** The page of flows that a request asks for. */
export const findFlows = async (
  flows: Flows,
  geo: Pick<Geo, 'find'>,
  request: FlowsRequest,
): Promise<FlowPage> => {
  const page = await queryFlows(flows.sets(request.state), request)
  return { ...page, flows: page.flows.map((flow) => withPlaces(flow, geo)) }
}

export const addFlowRoutes = (
  app: App,
  { flows, traffic, sse, flowStream, geo, wallClock }: FlowRouteDeps,
): void => {
  app.get('/api/v1/flows', { schema: LIST_FLOWS }, async ({ query }) =>
    findFlows(flows, geo, readRequest(query, wallClock)),
  )

  app.get(
    '/api/v1/flows/stream',
    { schema: STREAM_FLOWS, exposeHeadRoute: false },
    async ({ query }, reply) => {
      const request = readRequest(query, wallClock)
      sse.open(reply, (sink) => flowStream.add(sink, JSON.stringify(query), request))
    },
  )

  app.get('/api/v1/traffic', { schema: GET_TRAFFIC }, async () => ({ points: traffic.points() }))
}
