/** Alerts: list, detail, packets, stream. */
import { createReadStream } from 'node:fs'
import { NetscopeError } from '@netscope/core/errors.ts'
import { momentUs } from '@netscope/core/query/predicate.ts'
import { parseTime } from '@netscope/core/query/value.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { AlertCaptures } from '../alerts/alert-captures.ts'
import { alertTest, parseAlertQuery } from '../alerts/alert-query.ts'
import { ALERT_STATES, WORKFLOW_STATES } from '../alerts/alert-row.ts'
import type { AlertState, WorkflowState } from '../alerts/alert-row.ts'
import { ALERT_SORTS } from '../alerts/alert-store.ts'
import type { AlertPlace, AlertStore } from '../alerts/alert-store.ts'
import type { AlertFilter } from '../alerts/alert-where.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { CaptureSummary } from '../captures/describe-capture.ts'
import type { LiveSource } from '../live/live-source.ts'
import type { SseConnections } from '../stream/sse.ts'
import { MAX_WAITING_BYTES } from '../stream/event-stream.ts'
import { alertSchema } from './alert-schema.ts'
import type { App } from './app-types.ts'
import { answerOf, eventStreamOf, operation, STRICT } from './operation.ts'
import { pageFields, pageParams, readCursor, writeCursor } from './paging.ts'
import { readAddress, readFilterBy } from './query-values.ts'
import { MOST_SEVERE, readSeverity } from './severity.ts'

const filterParam = Type.Optional(
  Type.String({
    maxLength: QUERY_LIMITS.length,
    description:
      'What alerts must be, in the language of docs/reference/query.md over their fields.',
  }),
)
const endParam = (of: string) =>
  Type.Optional(Type.String({ maxLength: 64, description: `Address, prefix or MAC of the ${of}.` }))

const STATE_WORDS = [...ALERT_STATES, ...WORKFLOW_STATES, 'silenced'] as const

const listQuery = Type.Object(
  {
    ...pageParams,
    severity: Type.Optional(
      Type.String({
        maxLength: 8,
        description: `At least: from 0 to ${MOST_SEVERE}, or ${SEVERITY_LABELS.join(', ')}.`,
      }),
    ),
    detector: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(
      Type.String({
        maxLength: 100,
        description: `One of ${STATE_WORDS.join(', ')}, several with commas, or all; without it all but the suppressed ones. open, acknowledged and resolved: what nothing holds back; silenced is suppressed.`,
      }),
    ),
    src: endParam('source'),
    dst: endParam('target'),
    since: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'Seen then or later: ISO 8601, or that long ago as `-1h`.',
      }),
    ),
    filter: filterParam,
    sort: Type.Enum([...ALERT_SORTS], { default: '-firstSeen' }),
  },
  STRICT,
)

const LIST = operation({
  operationId: 'listAlerts',
  tags: ['alerts'],
  summary: 'What the detectors have found, one alert for each incident.',
  description: 'A page of `-lastSeen` or `-severity` may show an alert again that grew meanwhile.',
  querystring: listQuery,
  response: {
    200: Type.Object(
      {
        alerts: Type.Array(alertSchema),
        ...pageFields,
        suppressed: Type.Integer({ description: 'Alerts that suppressions hold back, in all.' }),
      },
      { title: 'AlertPage' },
    ),
  },
})
const GET = operation({
  operationId: 'getAlert',
  tags: ['alerts'],
  summary: 'An alert with its evidence.',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  response: { 200: alertSchema },
})
const CAPTURE = operation({
  operationId: 'getAlertCapture',
  tags: ['alerts'],
  summary:
    'Packets of the source of an alert as pcapng: those after it was found, and before where the agent keeps a capture ring.',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  response: { 200: answerOf('application/x-pcapng', 'A pcapng file.') },
})
const STREAM = operation({
  operationId: 'streamAlerts',
  tags: ['alerts'],
  summary: 'Alerts that go on, then each that begins, grows or ends.',
  querystring: Type.Object({ filter: filterParam }, STRICT),
  response: { 200: eventStreamOf('`alert`, as getAlert; `lost` with how many were not sent.') },
})

export interface AlertRouteDeps {
  alerts: Alerts
  alertStore: AlertStore
  liveAlerts: LiveSource
  alertCaptures: Pick<AlertCaptures, 'find' | 'describe'>
  sse: SseConnections
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const addAlertRoutes = (app: App, deps: AlertRouteDeps): void => {
  const { alerts, alertStore, liveAlerts, alertCaptures, sse, wallClock } = deps

  app.get('/api/v1/alerts', { schema: LIST }, async ({ query }) => {
    const { limit, cursor, sort, filter } = query
    const { items, total, next } = alertStore.page({
      filter: filterOf(query, wallClock()),
      test: filter ? alertTest(readFilterBy(parseAlertQuery, filter), wallClock) : undefined,
      sort,
      limit,
      after: cursor === undefined ? undefined : readPlace(cursor),
    })
    return {
      alerts: items.map(alerts.rowOf),
      total,
      suppressed: alertStore.count('suppressed'),
      ...(next && { nextCursor: writeCursor(next) }),
    }
  })

  app.get('/api/v1/alerts/:id', { schema: GET }, async ({ params }) => {
    const stored = alertStore.find(params.id)
    if (!stored) throw new NetscopeError('alert.unknown', { id: params.id })
    const capture = await alertCaptures.describe(params.id)
    return {
      ...alerts.rowOf(stored),
      hasCapture: capture !== undefined,
      ...(capture && { capture: shownCapture(capture) }),
    }
  })

  app.get('/api/v1/alerts/:id/capture', { schema: CAPTURE }, async ({ params: { id } }, reply) => {
    const path = alertCaptures.find(id)
    if (path === undefined) throw new NetscopeError('alert.no-capture', { id })
    return reply
      .type('application/x-pcapng')
      .header('content-disposition', `attachment; filename="alert-${id}.pcapng"`)
      .send(createReadStream(path))
  })

  app.get(
    '/api/v1/alerts/stream',
    { schema: STREAM, exposeHeadRoute: false },
    async ({ query }, reply) => {
      const filter = query.filter ?? ''
      readFilterBy(parseAlertQuery, filter)
      sse.open(reply, (sink) => {
        let lost = 0
        return liveAlerts.open(filter, {
          push(payload) {
            if (sink.waitingBytes() > MAX_WAITING_BYTES) {
              lost++
              return
            }
            if (lost > 0) sink.write(`event: lost\ndata: {"lost":${lost}}\n\n`)
            lost = 0
            sink.write(`event: alert\ndata: ${payload}\n\n`)
          },
          skip: (count) => void (lost += count),
        })
      })
    },
  )
}

const wrong = (name: string, text: string, allowed: string): NetscopeError =>
  new NetscopeError('query.invalid', {
    name,
    reason: `${JSON.stringify(text)} is none.`,
    allowed,
  })

const shownCapture = ({ firstMs, lastMs, ...rest }: CaptureSummary) => {
  const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
  return { ...rest, firstAt: at(firstMs), lastAt: at(lastMs) }
}

const filterOf = (query: Static<typeof listQuery>, nowMs: number): AlertFilter => {
  const { severity, detector, state, src, dst, since } = query
  return {
    detector,
    severity: severity === undefined ? undefined : readSeverity(severity),
    ...readStates(state),
    src: src === undefined ? undefined : readEnd('src', src),
    dst: dst === undefined ? undefined : readEnd('dst', dst),
    sinceMs: since === undefined ? undefined : readSince(since, nowMs),
  }
}

const isState = (text: string): text is AlertState => ALERT_STATES.some((state) => state === text)
const isWorkflow = (text: string): text is WorkflowState =>
  WORKFLOW_STATES.some((state) => state === text)

const readStates = (text: string | undefined): Pick<AlertFilter, 'states' | 'workflows'> => {
  if (text === undefined) return { states: ALERT_STATES.filter((state) => state !== 'suppressed') }
  if (text === 'all') return {}
  const words = text.split(',').map((word) => (word === 'silenced' ? 'suppressed' : word))
  for (const word of words)
    if (!isState(word) && !isWorkflow(word))
      throw wrong('state', word, `${STATE_WORDS.join(', ')}, or all`)
  return { states: words.filter(isState), workflows: words.filter(isWorkflow) }
}

const MAC = /^[\da-f]{2}([:-])[\da-f]{2}(\1[\da-f]{2}){4}$/i

const readEnd = (name: string, text: string): Prefix | string =>
  MAC.test(text) ? text.toLowerCase().replaceAll('-', ':') : readAddress(name, text)

const readSince = (text: string, nowMs: number): number => {
  const time = parseTime(text)
  if (time) return momentUs(time, nowMs) / 1000
  throw wrong('since', text, 'ISO 8601, or that long ago, such as -1h')
}

const readPlace = (cursor: string): AlertPlace => {
  const [value, id, ...more] = readCursor(cursor)
  if (typeof value === 'number' && typeof id === 'string' && more.length === 0) return [value, id]
  throw wrong('cursor', cursor, '`nextCursor` of the page before')
}
