/** The HTTP server of NetScope: guard, error documents, and all routes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyReply, RawServerDefault } from 'fastify'
import type { Logger } from 'pino'
import type { App } from './app-types.ts'
import { addCaptureRoutes } from './capture-routes.ts'
import type { CaptureRouteDeps } from './capture-routes.ts'
import { addEventRoutes } from './event-routes.ts'
import type { EventRouteDeps } from './event-routes.ts'
import { addFlowRoutes } from './flow-routes.ts'
import type { FlowRouteDeps } from './flow-routes.ts'
import { addGuard } from './guard.ts'
import { addListRoutes } from './list-routes.ts'
import type { ListRouteDeps } from './list-routes.ts'
import { addPageRoutes } from './page-routes.ts'
import { BODY_LIMIT_BYTES, problemOf } from './problem.ts'
import { addStatusRoutes } from './status-routes.ts'
import type { StatusRouteDeps } from './status-routes.ts'

export type AppDeps = CaptureRouteDeps &
  EventRouteDeps &
  FlowRouteDeps &
  ListRouteDeps &
  StatusRouteDeps & {
    log: Logger
    /** Text of /metrics. */
    metrics(): Promise<{ contentType: string; body: Buffer }>
    /** Folder of the built page. */
    webRoot: string
  }

export const createApp = async (deps: AppDeps): Promise<App> => {
  const sendProblem = (error: unknown, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error)
    if (problem.code === 'internal') deps.log.error({ err: error }, 'request failed')
    return reply.code(problem.status).type('application/problem+json').send(problem)
  }
  const app: App = fastify<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger>({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    frameworkErrors: (error, _request, reply) => void sendProblem(error, reply),
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, verbose: true } },
  })
  app.setErrorHandler((error, _request, reply) => sendProblem(error, reply as FastifyReply))
  addGuard(app)
  addPlainForms(app)
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  addCaptureRoutes(app, deps)
  addEventRoutes(app, deps)
  addFlowRoutes(app, deps)
  addListRoutes(app, deps)
  addStatusRoutes(app, deps)
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await deps.metrics()
    return reply.type(contentType).send(body)
  })
  await addPageRoutes(app, deps.webRoot)
  return app
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

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw Object.assign(new Error('the body is not JSON'), { statusCode: 400 })
  }
}
