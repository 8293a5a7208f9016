/** What is done about an alert: acknowledge, resolve, reopen, assign, note; its history; alerts from outside. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { SEVERITY_LABELS } from '@netscope/detect/detection.ts'
import { Type } from 'typebox'
import type { AlertChanges } from '../alerts/alert-changes.ts'
import { WORKFLOW_STATES } from '../alerts/alert-row.ts'
import type { AlertStore, StoredAlert } from '../alerts/alert-store.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { ExternalAlerts } from '../alerts/external-alerts.ts'
import { RELATIONS } from '../alerts/incident-store.ts'
import type { IncidentStore } from '../alerts/incident-store.ts'
import type { WorkflowChange, Workflows } from '../alerts/workflow.ts'
import type { Audit } from '../auth/audit.ts'
import type { Principal } from '../auth/principal.ts'
import { LINE } from '../declared/pattern-words.ts'
import { alertSchema, changeSchema } from './alert-schema.ts'
import type { App } from './app-types.ts'
import { BODY_OPTIONAL, operation, STRICT } from './operation.ts'
import { readAddress } from './query-values.ts'
import { readSeverity } from './severity.ts'

const idParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
/** One line without control characters. */
const line = (maxLength: number, description: string) =>
  Type.String({ maxLength, pattern: LINE, description })
const reason = Type.Optional(line(500, 'Why; alone it is a note.'))

const ACK = operation({
  operationId: 'acknowledgeAlert',
  tags: ['alerts'],
  summary: 'Says that somebody looks after an alert; channels are told of it no more.',
  description: 'It is open again when it becomes more severe by a label.',
  params: idParams,
  body: Type.Object({ reason }, STRICT),
  response: { 200: alertSchema },
})
const CHANGE = operation({
  operationId: 'changeAlert',
  tags: ['alerts'],
  summary: 'Acknowledges, resolves, reopens or assigns an alert, or adds a note to its history.',
  params: idParams,
  body: Type.Object(
    {
      state: Type.Optional(Type.Enum([...WORKFLOW_STATES])),
      assignee: Type.Optional(line(100, 'Who looks after it; empty: nobody.')),
      reason,
    },
    STRICT,
  ),
  response: { 200: alertSchema },
})
const HISTORY = operation({
  operationId: 'getAlertHistory',
  tags: ['alerts'],
  summary: 'What has become of an alert, the oldest first.',
  params: idParams,
  response: { 200: Type.Object({ changes: Type.Array(changeSchema) }) },
})
const RELATED = operation({
  operationId: 'listRelatedAlerts',
  tags: ['alerts'],
  summary: 'Alerts of the same story, and within a day of the same source and target.',
  params: idParams,
  response: {
    200: Type.Object({
      related: Type.Array(Type.Object({ because: Type.Enum([...RELATIONS]), alert: alertSchema })),
    }),
  },
})
const ADD = operation({
  operationId: 'addAlert',
  tags: ['alerts'],
  summary: 'Takes an alert of a person or another program, as detector `external`.',
  description: 'The same again within ten minutes makes it grow.',
  body: Type.Object(
    {
      title: Type.String({ minLength: 1, maxLength: 200, pattern: LINE }),
      message: Type.Optional(Type.String({ maxLength: 2000 })),
      severity: Type.Optional(
        Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.String({ maxLength: 8 })], {
          default: 'medium',
          description: `From 0 to 100, or ${SEVERITY_LABELS.join(', ')}.`,
        }),
      ),
      source: Type.Optional(line(100, 'What found it.')),
      ip: Type.Optional(Type.String({ maxLength: 45, description: 'Address of whoever does it.' })),
      target: Type.Optional(
        Type.String({ maxLength: 45, description: 'Address of whom it is done to.' }),
      ),
      technique: Type.Optional(
        Type.String({ pattern: '^(T\\d{4}(\\.\\d{3})?)?$', description: 'MITRE ATT&CK.' }),
      ),
      metadata: Type.Optional(
        Type.Record(
          Type.String({ maxLength: 64, pattern: LINE }),
          Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 500 })]),
          { maxProperties: 32 },
        ),
      ),
    },
    STRICT,
  ),
  response: { 201: Type.Object({ id: Type.String(), isNew: Type.Boolean() }) },
})

export interface WorkflowRouteDeps {
  alerts: Alerts
  alertStore: AlertStore
  changes: AlertChanges
  incidentStore: IncidentStore
  workflows: Workflows
  external: ExternalAlerts
  auth: { audit: Audit }
}

const iso = (ms: number): string => new Date(ms).toISOString()

const addressOf = (name: string, text: string | undefined): string =>
  text ? readAddress(name, text).text : ''

export const addWorkflowRoutes = (app: App, deps: WorkflowRouteDeps): void => {
  const { alerts, alertStore, changes, incidentStore, workflows, external, auth } = deps

  const find = (id: string): StoredAlert => {
    const stored = alertStore.find(id)
    if (!stored) throw new NetscopeError('alert.unknown', { id })
    return stored
  }
  const change = (id: string, wanted: WorkflowChange, principal: Principal, from: string) => {
    const { alert, workflow } = workflows.change(id, wanted, principal.name)
    const after = find(id)
    auth.audit.record({
      ...{ principal, action: 'alert.change', target: `${alert.id} ${alert.title}`, from },
      before: { state: workflow.state, assignee: workflow.assignee },
      after: { ...wanted },
    })
    return alerts.rowOf(after)
  }

  app.patch('/api/v1/alerts/:id/ack', { schema: ACK, ...BODY_OPTIONAL }, async (request) => {
    const { params, body, principal, ip } = request
    return change(params.id, { ...body, state: 'acknowledged' }, principal, ip)
  })

  app.patch('/api/v1/alerts/:id', { schema: CHANGE }, async (request) =>
    change(request.params.id, request.body, request.principal, request.ip),
  )

  app.get('/api/v1/alerts/:id/history', { schema: HISTORY }, async ({ params }) => {
    const { alert } = find(params.id)
    const of = (at: string, word: string, detail: string) => ({
      ...{ at, author: 'netscope', change: word, detail },
    })
    const made = changes.of(alert.id).map(({ atMs, ...rest }) => ({ at: iso(atMs), ...rest }))
    const ended = alert.state === 'ended' ? [of(alert.lastSeen, 'ended', '')] : []
    const all = [of(alert.firstSeen, 'began', alert.title), ...ended, ...made]
    return { changes: all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) }
  })

  app.get('/api/v1/alerts/:id/related', { schema: RELATED }, async ({ params }) => {
    const { alert, incident } = find(params.id)
    const related = incidentStore.relatedTo(alert, incident)
    return {
      related: related.map(({ because, stored }) => ({ because, alert: alerts.rowOf(stored) })),
    }
  })

  app.post('/api/v1/alerts', { schema: ADD }, async ({ body, principal, ip: from }, reply) => {
    const { severity = 'medium', message = '', source = '', technique = '', metadata = {} } = body
    const taken = external.take(
      {
        ...{ title: body.title, message, source, technique, metadata },
        severity: readSeverity(String(severity)),
        ip: addressOf('ip', body.ip),
        target: addressOf('target', body.target),
      },
      principal.name,
    )
    const target = `${taken.id} ${body.title}`
    if (taken.isNew)
      auth.audit.record({ principal, action: 'alert.add', target, after: body, from })
    return reply.code(201).send(taken)
  })
}
