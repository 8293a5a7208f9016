/** GET /api/v1/ws: live subscriptions over WebSocket (RFC 6455). */
import type { Socket } from 'node:net'
import fastifyWebsocket from '@fastify/websocket'
import type { WebSocket } from '@fastify/websocket'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Principal } from '../auth/principal.ts'
import type { LiveHub } from '../live/live-hub.ts'
import { CLOSE, createLiveSession } from '../live/live-session.ts'
import type { LiveSession, LiveSocket } from '../live/live-session.ts'
import type { Protected } from '../respond/protected.ts'
import type { App } from './app-types.ts'
import { answerOf, operation } from './operation.ts'

const MAX_MESSAGE_BYTES = 16_384
/** Messages that wait for the one before. */
const MAX_WAITING_MESSAGES = 100
const AUTH_WITHIN_MS = 5000
/** Between two looks at the credentials and at the connection. */
const LOOK_MS = 5000
/** A connection from which no pong came for so many looks is gone. */
const SILENT_LOOKS = 4
/** Time that clients have to answer a close when the server stops. */
const CLOSE_WITHIN_MS = 500
/** What is shown when many are closed at once. */
const GOING_AWAY = 1001

const OPEN = operation({
  operationId: 'openLive',
  tags: ['live'],
  summary: 'Live subscriptions over WebSocket; see docs/reference/api.md for the messages.',
  response: {
    101: answerOf('text/plain', 'The connection; its messages are JSON: type and payload.'),
  },
})

export interface WsRouteDeps {
  live: { hub: LiveHub }
  auth: Authenticator
  /** Connections that are open at a time. */
  maxSockets: number
  wallClock(): number
  response: { protected: Pick<Protected, 'arrived'> }
}

interface Connection {
  ip: string
  socket: WebSocket
  session: LiveSession
  looksSincePong: number
}

/** To be added before the guard: a refused upgrade must be closed, too. */
export const addWebSockets = async (app: App): Promise<void> => {
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has('bearer') ? 'bearer' : false),
    },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => {
      const { clients } = app.websocketServer
      for (const socket of clients) socket.close(GOING_AWAY, 'the server stops')
      setTimeout(() => {
        for (const socket of clients) socket.terminate()
      }, CLOSE_WITHIN_MS)
      done()
    },
  })
}

export const addWsRoutes = (app: App, deps: WsRouteDeps): void => {
  const open = new Set<Connection>()

  const timer = setInterval(() => {
    for (const connection of open) {
      look(connection)
      const { principal } = connection.session
      if (principal) deps.response.protected.arrived(connection.ip, principal.name)()
    }
  }, LOOK_MS).unref()
  app.addHook('onClose', async () => clearInterval(timer))

  const serve = (socket: WebSocket, request: FastifyRequest): void => {
    if (open.size >= deps.maxSockets) return socket.close(CLOSE.tooMany, 'too many connections')
    const session = createLiveSession(socketOf(socket, request.raw.socket), {
      hub: deps.live.hub,
      auth: deps.auth,
      wallClock: deps.wallClock,
    })
    const connection = { ip: request.ip, socket, session, looksSincePong: 0 }
    open.add(connection)
    const admission = principalOf(request, deps.auth).then((principal) => {
      if (principal) session.admit(principal)
    })
    const authTimer = setTimeout(() => {
      if (!session.principal) socket.close(CLOSE.unauthorised, 'no token in time')
    }, AUTH_WITHIN_MS)
    // One after the other: what comes before the answer about the token waits for it.
    let last: Promise<void> = admission.catch(() => socket.terminate())
    let waiting = 0
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return socket.close(CLOSE.policy, 'text only')
      if (++waiting > MAX_WAITING_MESSAGES) return socket.close(CLOSE.tooMany, 'too many messages')
      const text = data.toString()
      last = last
        .then(() => session.take(text))
        .catch(() => socket.terminate())
        .finally(() => waiting--)
    })
    socket.on('pong', () => (connection.looksSincePong = 0))
    socket.on('close', () => {
      clearTimeout(authTimer)
      open.delete(connection)
      session.end()
    })
  }

  app.route({
    method: 'GET',
    url: '/api/v1/ws',
    schema: OPEN,
    exposeHeadRoute: false,
    handler: () => {
      throw new NetscopeError('live.upgrade')
    },
    wsHandler: serve,
  })
}

const look = (connection: Connection): void => {
  const { socket, session } = connection
  if (++connection.looksSincePong > SILENT_LOOKS) return socket.terminate()
  socket.ping()
  session.look()
}

/** `connection` is what `socket` writes to. */
const socketOf = (socket: WebSocket, connection: Socket): LiveSocket => ({
  send: (message) => socket.send(message, { binary: false }),
  together(write) {
    connection.cork()
    write()
    connection.uncork()
  },
  waitingBytes: () => socket.bufferedAmount,
  close: (code, reason) => socket.close(code, reason),
})

/** Who it is by `Sec-WebSocket-Protocol: bearer, TOKEN`, or by what the guard found in the headers. */
const principalOf = async (
  request: FastifyRequest,
  auth: Authenticator,
): Promise<Principal | undefined> => {
  const offered = request.headers['sec-websocket-protocol'] ?? ''
  const [scheme, token = ''] = offered.split(',').map((part) => part.trim())
  if (scheme === 'bearer') return auth.authenticate(token, false)
  return request.principal.role === 'none' ? undefined : request.principal
}
