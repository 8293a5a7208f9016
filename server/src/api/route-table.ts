/** All routes of the server, as they were registered: for the OpenAPI document, OPTIONS, 405 and the tests. */
import type { FastifySchema, RouteOptions } from 'fastify'
import type { App } from './app-types.ts'
import { PROBLEM_ANSWERS } from './operation.ts'

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: RouteTable
  }
}

interface Route {
  method: string
  /** Pattern, such as /api/v1/devices/:id. */
  url: string
  schema: FastifySchema | undefined
}

export interface RouteTable {
  readonly routes: readonly Route[]
  /** Methods that a path takes, in upper case; none: nothing is there. */
  methodsOf(path: string): string[]
}

/** To be called before routes are added; gives every operation the answers that all have. */
export const createRouteTable = (app: App): RouteTable => {
  const routes: (Route & { pattern: RegExp })[] = []
  app.addHook('onRoute', (options: RouteOptions) => {
    const { schema } = options
    if (isOperation(schema)) {
      options.schema = {
        ...schema,
        response: { ...PROBLEM_ANSWERS, ...(schema.response as object) },
      }
    }
    const pattern = patternOf(options.url)
    for (const method of [options.method].flat())
      routes.push({ method, url: options.url, schema: options.schema, pattern })
  })
  const table: RouteTable = {
    routes,
    methodsOf(path) {
      const found = routes.filter(({ url, pattern }) => url !== '/*' && pattern.test(path))
      return [...new Set(found.map(({ method }) => method))].toSorted()
    },
  }
  app.decorate('routeTable', table)
  return table
}

/** Whether the route is part of the document. */
export const isOperation = (schema: FastifySchema | undefined): schema is FastifySchema =>
  schema !== undefined && 'operationId' in schema

const patternOf = (url: string): RegExp => {
  const escaped = url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll(/:[A-Za-z]\w*/g, '[^/]+').replace(/\\\*$/, '.*')}$`)
}
