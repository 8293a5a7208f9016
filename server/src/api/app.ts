/** The HTTP server of NetScope: guard, error documents, and all routes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { NetscopeError } from '@netscope/core/errors.ts'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify'
import type { Logger } from 'pino'
import { accessOf } from '../auth/access.ts'
import type { Auth } from '../auth/auth.ts'
import type { App } from './app-types.ts'
import { addAddressRoutes } from './address-routes.ts'
import type { AddressRouteDeps } from './address-routes.ts'
import { addAlertRoutes } from './alert-routes.ts'
import type { AlertRouteDeps } from './alert-routes.ts'
import { addBackupRoutes } from './backup-routes.ts'
import type { BackupRouteDeps } from './backup-routes.ts'
import { addBatchRoutes } from './batch/batch-routes.ts'
import type { BatchRouteDeps } from './batch/batch-routes.ts'
import { addAgentRoutes } from './agent-routes.ts'
import type { AgentRouteDeps } from './agent-routes.ts'
import { addCaptureRoutes } from './capture-routes.ts'
import type { CaptureRouteDeps } from './capture-routes.ts'
import { addChannelRoutes } from './channel-routes.ts'
import type { ChannelRouteDeps } from './channel-routes.ts'
import { addDeviceRoutes } from './device-routes.ts'
import type { DeviceRouteDeps } from './device-routes.ts'
import { addDocsRoutes } from './docs-routes.ts'
import { addEtags } from './etag.ts'
import { addEventRoutes } from './event-routes.ts'
import type { EventRouteDeps } from './event-routes.ts'
import { addExportRoutes } from './export-routes.ts'
import type { ExportRouteDeps } from './export-routes.ts'
import { addFeedbackRoutes } from './feedback-routes.ts'
import type { FeedbackRouteDeps } from './feedback-routes.ts'
import { addFeedRoutes } from './feed-routes.ts'
import type { FeedRouteDeps } from './feed-routes.ts'
import { addFlowRoutes } from './flow-routes.ts'
import type { FlowRouteDeps } from './flow-routes.ts'
import { addIntelRoutes } from './intel-routes.ts'
import type { IntelRouteDeps } from './intel-routes.ts'
import { createAuthCookies } from './auth-cookies.ts'
import { addAuditRoutes } from './audit-routes.ts'
import { addAuthRoutes } from './auth-routes.ts'
import { addGuard } from './guard.ts'
import type { GuardConfig } from './guard.ts'
import { refuseInfinite } from './finite-numbers.ts'
import { HTTP_LIMITS, refuseTwoHosts } from './http-limits.ts'
import { addHistoryRoutes } from './history-routes.ts'
import type { HistoryRouteDeps } from './history-routes.ts'
import { addIncidentRoutes } from './incident-routes.ts'
import type { IncidentRouteDeps } from './incident-routes.ts'
import { addListRoutes } from './list-routes.ts'
import type { ListRouteDeps } from './list-routes.ts'
import { addMetricRoutes } from './metric-routes.ts'
import type { MetricRouteDeps } from './metric-routes.ts'
import { addOpenapi } from './openapi.ts'
import type { Certificate } from './listen.ts'
import { addPageRoutes } from './page-routes.ts'
import { BODY_LIMIT_BYTES, problemOf } from './problem.ts'
import { addQueryRoutes } from './query-routes.ts'
import { createRequestBounds, setRetryAfter } from './request-bounds.ts'
import type { ApiBounds, RequestBounds } from './request-bounds.ts'
import { createRouteTable } from './route-table.ts'
import { addRespondRoutes } from './respond-routes.ts'
import type { RespondRouteDeps } from './respond-routes.ts'
import { addScoreRoutes } from './score-routes.ts'
import type { ScoreRouteDeps } from './score-routes.ts'
import { addTokenRoutes } from './token-routes.ts'
import { addUserRoutes } from './user-routes.ts'
import { addStatusRoutes } from './status-routes.ts'
import type { StatusRouteDeps } from './status-routes.ts'
import { addWorkflowRoutes } from './workflow-routes.ts'
import type { WorkflowRouteDeps } from './workflow-routes.ts'
import { addWebSockets, addWsRoutes } from './ws-routes.ts'
import type { WsRouteDeps } from './ws-routes.ts'

export type AppDeps = AddressRouteDeps &
  AgentRouteDeps &
  AlertRouteDeps &
  BackupRouteDeps &
  BatchRouteDeps &
  CaptureRouteDeps &
  ChannelRouteDeps &
  DeviceRouteDeps &
  EventRouteDeps &
  ExportRouteDeps &
  FeedbackRouteDeps &
  FeedRouteDeps &
  FlowRouteDeps &
  HistoryRouteDeps &
  IncidentRouteDeps &
  IntelRouteDeps &
  ListRouteDeps &
  MetricRouteDeps &
  RespondRouteDeps &
  ScoreRouteDeps &
  StatusRouteDeps &
  WorkflowRouteDeps &
  WsRouteDeps & {
    log: Logger
    auth: Auth
    access: GuardConfig
    certificate: Certificate | undefined
    trustedProxies: string[]
    bounds: ApiBounds
    /** Milliseconds of a clock that never steps back. */
    now(): number
    /** Folder of the built page. */
    webRoot: string
  }

export const createApp = async (deps: AppDeps): Promise<App> => {
  const requestBounds = createRequestBounds(deps.bounds, deps)

  const sendProblem = (
    thrown: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply => {
    const error = afterRefusal(thrown, request, requestBounds)
    const problem = problemOf(error, request.routeOptions.bodyLimit)
    if (problem.code === 'internal') deps.log.error({ err: error }, 'request failed')
    setRetryAfter(error, reply)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  }
  const app: App = fastify<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger>({
    ...HTTP_LIMITS,
    // Typed for http; what we use of it is the same.
    ...({
      https: deps.certificate ? { ...HTTP_LIMITS.http, ...deps.certificate } : null,
    } as object),
    trustProxy: deps.trustedProxies.length > 0 && deps.trustedProxies,
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, verbose: true } },
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply as FastifyReply))
  const routes = createRouteTable(app)
  await addOpenapi(app, { version: deps.version, roleOf })
  const cookies = createAuthCookies(deps.auth.instance)
  await addWebSockets(app)
  refuseTwoHosts(app)
  addGuard(app, deps.access, { auth: deps.auth, cookies, clients: deps.response.protected })
  requestBounds.addTo(app)
  refuseInfinite(app)
  addEtags(app)
  addPlainForms(app)
  addEmptyJson(app)
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  addAuthRoutes(app, { auth: deps.auth, cookies })
  addUserRoutes(app, deps)
  addTokenRoutes(app, deps)
  addAuditRoutes(app, deps.auth)
  addAddressRoutes(app, deps)
  addWsRoutes(app, deps)
  addBatchRoutes(app, deps)
  addAgentRoutes(app, deps)
  addAlertRoutes(app, deps)
  addFeedbackRoutes(app, deps)
  addWorkflowRoutes(app, deps)
  addIncidentRoutes(app, deps)
  addChannelRoutes(app, deps)
  addBackupRoutes(app, deps)
  addCaptureRoutes(app, deps)
  addDeviceRoutes(app, deps)
  addRespondRoutes(app, deps)
  addScoreRoutes(app, deps)
  addEventRoutes(app, deps)
  addExportRoutes(app, deps)
  addFeedRoutes(app, deps)
  addFlowRoutes(app, deps)
  addHistoryRoutes(app, deps)
  addIntelRoutes(app, deps)
  addListRoutes(app, deps)
  addQueryRoutes(app, deps)
  addMetricRoutes(app, deps)
  addStatusRoutes(app, deps)
  await addDocsRoutes(app)
  await addPageRoutes(app, deps.webRoot, routes)
  return app
}

const roleOf = (method: string, url: string): string | undefined => {
  const access = accessOf(method, url)
  return access === 'public' ? undefined : access
}

/** Who is refused for wrong credentials too often is told to wait instead. */
const afterRefusal = (error: unknown, request: FastifyRequest, bounds: RequestBounds): unknown => {
  if (!(error instanceof NetscopeError && error.status === 401)) return error
  try {
    bounds.takeRefused(request)
    return error
  } catch (tooMany) {
    return tooMany
  }
}

/** `curl -d '{"ip":"1.2.3.4"}'` names this type unless told otherwise; real forms work as well. */
const addPlainForms = (app: App): void => {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer): Promise<unknown> => {
      const text = String(body).trim()
      return text.startsWith('{') ? parseJson(text) : Object.fromEntries(new URLSearchParams(text))
    },
  )
}

/** Clients that name JSON with every request send no body with many: that is as good as not to name it. */
const addEmptyJson = (app: App): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null)
    else void parse(request, String(body), done)
  })
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw Object.assign(new Error('the body is not JSON'), { statusCode: 400 })
  }
}
