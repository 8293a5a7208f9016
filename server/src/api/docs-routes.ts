/** GET /api/v1/openapi.json, and /docs: the document to read and to try out, without any file from elsewhere. */
import fastifySwaggerUi from '@fastify/swagger-ui'
import { Type } from 'typebox'
import type { App } from './app-types.ts'
import { etagOf, setEtag } from './etag.ts'
import { operation } from './operation.ts'

const openapiSchema = operation({
  operationId: 'getOpenapi',
  tags: ['health'],
  summary: 'This document: OpenAPI 3.1.',
  response: { 200: Type.Unsafe<object>({ type: 'object', additionalProperties: true }) },
})

export const addDocsRoutes = async (app: App): Promise<void> => {
  let made: { body: Buffer; etag: string } | undefined
  const document = () => {
    if (made) return made
    const body = Buffer.from(JSON.stringify(app.swagger({ yaml: false })))
    return (made = { body, etag: etagOf(body) })
  }

  app.get('/api/v1/openapi.json', { schema: openapiSchema }, async (request, reply) => {
    const { body, etag } = document()
    if (setEtag(request, reply, etag)) return reply.send({})
    return reply.type('application/json; charset=utf-8').send(body)
  })

  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'list',
      persistAuthorization: false,
      validatorUrl: null,
    },
    theme: { title: 'NetScope API' },
  })
}
