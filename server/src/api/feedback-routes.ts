/** What people say of alerts: false positives, and suppressions by filter. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'
import { isAll, parseAlertQuery } from '../alerts/alert-query.ts'
import type { AlertChanges } from '../alerts/alert-changes.ts'
import type { AlertStore } from '../alerts/alert-store.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { FalsePositiveMark } from '../alerts/false-positives.ts'
import type { Feedback } from '../alerts/feedback.ts'
import type { Suppression } from '../alerts/suppressions.ts'
import type { Audit } from '../auth/audit.ts'
import { LINE } from '../declared/pattern-words.ts'
import { alertSchema, markSchema, suppressionSchema } from './alert-schema.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'
import { readFilterBy } from './query-values.ts'

const DAY_SECONDS = 86_400
const DEFAULT_DAYS = 30
const MOST_DAYS = 366

const idParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
/** One line without control characters. */
const reason = Type.String({ minLength: 1, maxLength: 500, pattern: LINE })

const MARK = operation({
  operationId: 'markFalsePositive',
  tags: ['alerts'],
  summary: 'Says that an alert is a false positive, and why.',
  description:
    'From then on that detector has to find more between this source and this target: half as much again as it found, at least twice and at most alerts.feedbackMaxFactor times its thresholds, for alerts.feedbackDays. What is clearly more severe is never held back.',
  params: idParams,
  body: Type.Object({ reason }, STRICT),
  response: { 200: alertSchema },
})
const UNMARK = operation({
  operationId: 'unmarkFalsePositive',
  tags: ['alerts'],
  summary: 'Takes back that an alert was a false positive, and what followed from it.',
  params: idParams,
  response: { 204: Type.Null() },
})
const LIST_MARKS = operation({
  operationId: 'listFalsePositives',
  tags: ['alerts'],
  summary:
    'All false positives that were marked, and what detectors have to find since, the newest first.',
  response: { 200: Type.Object({ falsePositives: Type.Array(markSchema) }) },
})
const LIST = operation({
  operationId: 'listSuppressions',
  tags: ['alerts'],
  summary: 'All suppressions, the newest first.',
  response: { 200: Type.Object({ suppressions: Type.Array(suppressionSchema) }) },
})
const ADD = operation({
  operationId: 'addSuppression',
  tags: ['alerts'],
  summary: 'Holds back the alerts that a filter is true of; they are kept as suppressed.',
  description: 'It holds for alerts that go on and those to come, until it ends.',
  body: Type.Object(
    {
      filter: Type.String({
        minLength: 1,
        maxLength: QUERY_LIMITS.length,
        description: 'Such as detector = scan and src in 10.0.0.0/24.',
      }),
      reason,
      expiresInSeconds: Type.Integer({
        minimum: 60,
        maximum: MOST_DAYS * DAY_SECONDS,
        default: DEFAULT_DAYS * DAY_SECONDS,
      }),
    },
    STRICT,
  ),
  response: { 201: suppressionSchema },
})
const REMOVE = operation({
  operationId: 'removeSuppression',
  tags: ['alerts'],
  summary: 'Ends a suppression.',
  params: idParams,
  response: { 204: Type.Null() },
})

export interface FeedbackRouteDeps {
  alerts: Alerts
  alertStore: AlertStore
  changes: AlertChanges
  feedback: Feedback
  auth: { audit: Audit }
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const addFeedbackRoutes = (app: App, deps: FeedbackRouteDeps): void => {
  addMarkRoutes(app, deps)
  addSuppressionRoutes(app, deps)
}

const iso = (ms: number): string => new Date(ms).toISOString()

const shownMark = ({ createdAtMs, expiresAtMs, ...mark }: FalsePositiveMark) => ({
  ...mark,
  createdAt: iso(createdAtMs),
  expiresAt: iso(expiresAtMs),
})

const shownSuppression = ({ createdAtMs, expiresAtMs, lastHitMs, ...of }: Suppression) => ({
  ...of,
  createdAt: iso(createdAtMs),
  expiresAt: iso(expiresAtMs),
  lastHit: lastHitMs === undefined ? null : iso(lastHitMs),
})

const addMarkRoutes = (app: App, deps: FeedbackRouteDeps) => {
  const { alerts, alertStore, changes, feedback, auth, wallClock } = deps
  const find = (id: string) => {
    const stored = alertStore.find(id)
    if (!stored) throw new NetscopeError('alert.unknown', { id })
    return stored
  }

  app.get('/api/v1/alerts/false-positives', { schema: LIST_MARKS }, async () => ({
    falsePositives: feedback.marks().map(shownMark),
  }))

  app.post('/api/v1/alerts/:id/false-positive', { schema: MARK }, async (request) => {
    const { params, body, principal, ip: from } = request
    const { alert } = find(params.id)
    const before = feedback.markOf(alert.id)
    const mark = feedback.mark(alert, { reason: body.reason, author: principal.name })
    const said = { atMs: wallClock(), author: principal.name }
    changes.add(alert.id, { ...said, change: 'false-positive', detail: body.reason })
    auth.audit.record({
      principal,
      action: 'alert.false-positive',
      target: `${alert.id} ${alert.title}`,
      ...(before && { before: shownMark(before) }),
      after: shownMark(mark),
      from,
    })
    return alerts.rowOf(find(params.id))
  })

  app.delete('/api/v1/alerts/:id/false-positive', { schema: UNMARK }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const mark = feedback.unmark(params.id)
    if (!mark) throw new NetscopeError('alert.not-marked', { id: params.id })
    if (alertStore.find(params.id)) {
      const said = { atMs: wallClock(), author: principal.name, detail: mark.reason }
      changes.add(params.id, { ...said, change: 'no false-positive' })
    }
    auth.audit.record({
      principal,
      action: 'alert.false-positive.undo',
      target: params.id,
      before: shownMark(mark),
      from,
    })
    return reply.code(204).send(null)
  })
}

const addSuppressionRoutes = (app: App, { feedback, auth, wallClock }: FeedbackRouteDeps) => {
  app.get('/api/v1/suppressions', { schema: LIST }, async () => ({
    suppressions: feedback.suppressions().map(shownSuppression),
  }))

  app.post('/api/v1/suppressions', { schema: ADD }, async (request, reply) => {
    const { body, principal, ip: from } = request
    const { filter, expiresInSeconds } = body
    if (isAll(readFilterBy(parseAlertQuery, filter)))
      throw new NetscopeError('suppression.everything')
    const said = { reason: body.reason, author: principal.name }
    const made = feedback.suppress(filter, wallClock() + expiresInSeconds * 1000, said)
    const after = shownSuppression(made)
    auth.audit.record({ principal, action: 'suppression.add', target: made.id, after, from })
    return reply.code(201).send(after)
  })

  app.delete('/api/v1/suppressions/:id', { schema: REMOVE }, async (request, reply) => {
    const { params, principal, ip: from } = request
    const removed = feedback.unsuppress(params.id)
    if (!removed) throw new NetscopeError('suppression.unknown', { id: params.id })
    const before = shownSuppression(removed)
    auth.audit.record({ principal, action: 'suppression.remove', target: removed.id, before, from })
    return reply.code(204).send(null)
  })
}
