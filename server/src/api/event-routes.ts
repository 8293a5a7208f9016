/** GET /events: packet events as Server-Sent Events. */
import { DIRECTIONS, VERDICTS } from '@netscope/core/slot.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { EventFilter } from '../stream/event-match.ts'
import type { EventStream } from '../stream/event-stream.ts'
import type { SseConnections } from '../stream/sse.ts'
import type { App } from './app-types.ts'
import { eventStreamOf, operation } from './operation.ts'
import {
  addressParam,
  portParam,
  protocolParam,
  readAddress,
  readProtocol,
} from './query-values.ts'

const eventsQuery = Type.Object(
  {
    ip: Type.Optional(addressParam),
    port: Type.Optional(portParam),
    proto: Type.Optional(protocolParam),
    action: Type.Optional(Type.Enum([...VERDICTS])),
    direction: Type.Optional(Type.Enum([...DIRECTIONS])),
  },
  { additionalProperties: false },
)

const STREAM_EVENTS = operation({
  operationId: 'streamEvents',
  tags: ['events'],
  summary: 'Packets as they pass; the kernel reports them only while somebody listens.',
  querystring: eventsQuery,
  response: { 200: eventStreamOf('one line per packet; `lost` with how many were not sent.') },
})

const readFilter = ({ ip, proto, ...plain }: Static<typeof eventsQuery>): EventFilter => {
  const filter: EventFilter = { ...plain }
  if (ip !== undefined) filter.ip = readAddress('ip', ip)
  if (proto !== undefined) filter.proto = readProtocol('proto', proto)
  return filter
}

export interface EventRouteDeps {
  events: EventStream
  sse: SseConnections
}

export const addEventRoutes = (app: App, { events, sse }: EventRouteDeps): void => {
  app.get(
    '/events',
    { schema: STREAM_EVENTS, exposeHeadRoute: false },
    async ({ query }, reply) => {
      const filter = readFilter(query)
      sse.open(reply, (sink) => events.add(sink, filter))
    },
  )
}
