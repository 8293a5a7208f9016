/** ETags (RFC 9110, section 8.8.3): whoever has an answer already is told so instead of getting it again. */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app-types.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers of this route get an ETag and may be kept by the client, which asks again each time. */
    etag?: boolean
  }
}

/** Strong: the same bytes have the same tag. */
export const etagOf = (body: string | Buffer): string => `"${hash('sha1', body, 'base64url')}"`

/** Whether the client has the answer with this tag; lists and weak tags are compared as RFC 9110, 13.1.2 says. */
export const hasAlready = ({ headers }: FastifyRequest, etag: string): boolean => {
  const given = headers['if-none-match']
  if (given === undefined) return false
  if (given.trim() === '*') return true
  return given.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** Sets the headers; true: the answer is 304 and has no body. */
export const setEtag = (request: FastifyRequest, reply: FastifyReply, etag: string): boolean => {
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  if (!hasAlready(request, etag)) return false
  reply.code(304)
  return true
}

/** For routes with `config.etag`. */
export const addEtags = (app: App): void => {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const isWanted = request.routeOptions.config.etag === true && reply.statusCode === 200
    if (!isWanted || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload
    return setEtag(request, reply, etagOf(payload)) ? '' : payload
  })
}
