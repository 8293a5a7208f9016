/** Incidents: alerts that are one story, with its timeline. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import type { AlertChanges } from '../alerts/alert-changes.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { Incident, IncidentPlace, IncidentStore } from '../alerts/incident-store.ts'
import { alertSchema, changeSchema, incidentSchema } from './alert-schema.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'
import { pageFields, pageParams, readCursor, writeCursor } from './paging.ts'
import { MOST_SEVERE, readSeverity } from './severity.ts'

const LIST = operation({
  operationId: 'listIncidents',
  tags: ['alerts'],
  summary:
    'Alerts by story, those seen last first: what one source did, one thing after the other.',
  querystring: Type.Object(
    {
      ...pageParams,
      severity: Type.Optional(
        Type.String({
          maxLength: 8,
          description: `Of the most severe alert at least: 0 to ${MOST_SEVERE}, or ${SEVERITY_LABELS.join(', ')}.`,
        }),
      ),
    },
    STRICT,
  ),
  response: {
    200: Type.Object(
      { incidents: Type.Array(incidentSchema), ...pageFields },
      { title: 'IncidentPage' },
    ),
  },
})
const GET = operation({
  operationId: 'getIncident',
  tags: ['alerts'],
  summary: 'An incident with its alerts and what happened when.',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  response: {
    200: Type.Object({
      incident: incidentSchema,
      alerts: Type.Array(alertSchema, { description: 'The oldest first, at most 500.' }),
      timeline: Type.Array(
        Type.Object({ alert: Type.String({ description: 'Id.' }), ...changeSchema.properties }),
      ),
    }),
  },
})

export interface IncidentRouteDeps {
  alerts: Alerts
  changes: AlertChanges
  incidentStore: IncidentStore
}

const iso = (ms: number): string => new Date(ms).toISOString()
const shown = ({ firstMs, lastMs, ...incident }: Incident) => ({
  ...incident,
  firstSeen: iso(firstMs),
  lastSeen: iso(lastMs),
})

const readPlace = (cursor: string): IncidentPlace => {
  const [lastMs, id] = readCursor(cursor)
  if (typeof lastMs === 'number' && typeof id === 'string') return [lastMs, id]
  const allowed = '`nextCursor` of the page before'
  throw new NetscopeError('query.invalid', { name: 'cursor', reason: 'it is none.', allowed })
}

export const addIncidentRoutes = (app: App, deps: IncidentRouteDeps): void => {
  const { alerts, changes, incidentStore } = deps

  app.get('/api/v1/incidents', { schema: LIST }, async ({ query }) => {
    const { limit, cursor, severity } = query
    const least = severity === undefined ? 0 : readSeverity(severity)
    const after = cursor === undefined ? undefined : readPlace(cursor)
    const { items, total } = incidentStore.page(limit, least, after)
    const found = items.slice(0, limit)
    const last = found.at(-1)
    const more = last && items.length > limit
    return {
      incidents: found.map(shown),
      total,
      ...(more && { nextCursor: writeCursor([last.lastMs, last.id]) }),
    }
  })

  app.get('/api/v1/incidents/:id', { schema: GET }, async ({ params }) => {
    const incident = incidentStore.find(params.id)
    if (!incident) throw new NetscopeError('alert.unknown', { id: params.id })
    const stored = incidentStore.alertsOf(incident.id)
    const timeline = stored.flatMap(({ alert }) => {
      const by = { alert: alert.id, author: 'netscope' }
      return [
        { ...by, at: alert.firstSeen, change: 'began', detail: alert.title },
        ...(alert.state === 'ended'
          ? [{ ...by, at: alert.lastSeen, change: 'ended', detail: alert.title }]
          : []),
        ...changes
          .of(alert.id)
          .map(({ atMs, ...of }) => ({ ...of, alert: alert.id, at: iso(atMs) })),
      ]
    })
    return {
      incident: shown(incident),
      alerts: stored.map(alerts.rowOf),
      timeline: timeline.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    }
  })
}
