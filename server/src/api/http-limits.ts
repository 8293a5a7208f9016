/** Bounds of a connection: how long headers and bodies may take, how large headers may be, and what is said beyond. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { App } from './app-types.ts'
import { problemOf } from './problem.ts'

const HEADERS_WITHIN_MS = 10_000
const REQUEST_WITHIN_MS = 30_000
/** How often Node looks for requests that are too slow. */
const LOOK_EVERY_MS = 2000
const MAX_HEADER_BYTES = 16_384
/** An idle connection of a client that comes back, as browsers and scrapers do. */
const IDLE_MS = 72_000

interface ConnectionError extends Error {
  code?: string
}

const errorOf = ({ code, message }: ConnectionError): NetscopeError => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new NetscopeError('request.timeout', { seconds: HEADERS_WITHIN_MS / 1000 })
  if (code === 'HPE_HEADER_OVERFLOW')
    return new NetscopeError('request.headers-too-large', { limit: MAX_HEADER_BYTES })
  return new NetscopeError('request.invalid', { reason: `it is no HTTP: ${message}.` })
}

/** Whether an answer is under way, which ours would spoil; Node's own handler asks the same. */
const isAnswering = (socket: Socket): boolean =>
  Boolean((socket as Socket & { _httpMessage?: unknown })._httpMessage)

/** What Node could not make a request of: the answer is written by hand. */
const answerBroken = (error: ConnectionError, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const problem = problemOf(errorOf(error))
  const body = JSON.stringify(problem)
  if (socket.writable && !isAnswering(socket))
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
        'Content-Type: application/problem+json\r\nCache-Control: no-store\r\nConnection: close\r\n' +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  socket.destroySoon()
}

/** RFC 9112, section 3.2: with two Host headers, what is in front of us may have looked at the other one. */
export const refuseTwoHosts = (app: App): void => {
  app.addHook('onRequest', async ({ raw: { rawHeaders } }) => {
    let hosts = 0
    for (let i = 0; i < rawHeaders.length; i += 2)
      if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts++
    if (hosts > 1)
      throw new NetscopeError('request.invalid', { reason: 'it has two Host headers.' })
  })
}

/** Options of Fastify. */
export const HTTP_LIMITS = {
  requestTimeout: REQUEST_WITHIN_MS,
  keepAliveTimeout: IDLE_MS,
  routerOptions: { maxParamLength: 300 },
  http: {
    headersTimeout: HEADERS_WITHIN_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  },
  clientErrorHandler: answerBroken,
} as const
