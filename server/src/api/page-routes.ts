/** The web page: files of web/dist, and its index.html for every other path that a browser opens. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app-types.ts'
import type { RouteTable } from './route-table.ts'

const NOT_BUILT = `NetScope is running, but its web page is not built.

Build it with:   npm run build      (in the folder of NetScope)
Then restart it. The API works without it: /api/v1/flows, /events, /metrics, /health.
`

/** Paths that are never the page's own. */
const NOT_A_PAGE = /^\/(api|assets|events|metrics|health|ready|blacklist|whitelist)(\/|$)/

export const addPageRoutes = async (
  app: App,
  webRoot: string,
  routes: RouteTable,
): Promise<void> => {
  const isBuilt = existsSync(join(webRoot, 'index.html'))
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webRoot,
      wildcard: true,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(webRoot, 'assets'))
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }

  app.setNotFoundHandler(async (request, reply) => {
    if (!isPageRequest(request)) return answerElse(request, reply, routes)
    return isBuilt ? sendIndex(reply) : reply.type('text/plain; charset=utf-8').send(NOT_BUILT)
  })
}

/** What a path is asked for that it does not take: OPTIONS is told what it does (RFC 9110, section 9.3.7). */
const answerElse = (
  request: FastifyRequest,
  reply: FastifyReply,
  routes: RouteTable,
): FastifyReply => {
  const path = pathOf(request)
  const methods = routes.methodsOf(path)
  if (methods.length === 0) throw new NetscopeError('request.not-found', { path })
  const allowed = [...methods, 'OPTIONS'].join(', ')
  reply.header('allow', allowed)
  if (request.method === 'OPTIONS') return reply.code(204).send()
  throw new NetscopeError('request.method-not-allowed', { path, method: request.method, allowed })
}

const sendIndex = (reply: FastifyReply) =>
  reply.type('text/html; charset=utf-8').sendFile('index.html')

const pathOf = ({ url }: FastifyRequest): string => (url.split('?')[0] ?? '').slice(0, 200)

const isPageRequest = (request: FastifyRequest): boolean => {
  const path = pathOf(request)
  const isFile = /\.[a-z0-9]+$/i.test(path)
  return (
    (request.method === 'GET' || request.method === 'HEAD') && !NOT_A_PAGE.test(path) && !isFile
  )
}
