/** One WebSocket client: what it subscribes to, and what it gets when it reads slowly. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Principal } from '../auth/principal.ts'
import { problemOf } from '../api/problem.ts'
import type { LiveHub, LiveListener } from './live-hub.ts'
import type { Topic } from './live-source.ts'
import { readMessage } from './client-message.ts'
import type { ClientMessage } from './client-message.ts'

/** Bytes that may wait for a client; beyond it, it is told counts instead of messages. */
export const MAX_WAITING_BYTES = 1 << 20
const MAX_SUBSCRIPTIONS = 16
/** Between two looks; a client asks for little, one that asks more often is broken. */
const MAX_QUESTIONS = 100

/** RFC 6455, section 7.4; from 4000 on our own, with the HTTP status that it stands for. */
export const CLOSE = { policy: 1008, unauthorised: 4401, tooMany: 4429 } as const

export interface LiveSocket {
  send(message: Buffer | string): void
  /** What `write` sends goes to the kernel in one piece. */
  together(write: () => void): void
  /** Bytes that were written but not sent. */
  waitingBytes(): number
  close(code: number, reason: string): void
}

export interface LiveSession {
  readonly principal: Principal | undefined
  /** It is known who the client is. */
  admit(principal: Principal): void
  /** What the client has sent, as text. */
  take(text: string): Promise<void>
  /** Every few seconds: ends the session when its credentials do not hold any more. */
  look(): void
  /** The connection is gone. */
  end(): void
}

export interface LiveSessionDeps {
  hub: LiveHub
  auth: Authenticator
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const createLiveSession = (
  socket: LiveSocket,
  { hub, auth, wallClock }: LiveSessionDeps,
): LiveSession => {
  let who: Principal | undefined
  const subscriptions = new Map<string, () => void>()
  const lost = new Map<Topic, number>()
  let questions = 0

  const say = (type: string, payload: unknown): void =>
    socket.send(JSON.stringify({ type, payload }))

  const tellLost = (): void => {
    for (const [topic, messages] of lost) say('lagging', { topic, messages, reason: 'reader' })
    lost.clear()
  }

  const sendAll = (topic: Topic, messages: readonly Buffer[]): void => {
    for (const [index, message] of messages.entries()) {
      if (index % 64 === 63 && socket.waitingBytes() > MAX_WAITING_BYTES) {
        lost.set(topic, messages.length - index)
        return
      }
      socket.send(message)
    }
  }

  const listener: LiveListener = {
    send(topic, messages) {
      if (socket.waitingBytes() > MAX_WAITING_BYTES) {
        lost.set(topic, (lost.get(topic) ?? 0) + messages.length)
        return
      }
      if (lost.size > 0) tellLost()
      socket.together(() => sendAll(topic, messages))
    },
    skipped(topic, filter, messages) {
      if (socket.waitingBytes() > MAX_WAITING_BYTES) return
      say('lagging', { topic, filter, messages, reason: 'rate' })
    },
  }

  const subscribe = ({ name, scopes }: Principal, topic: Topic, filter: string): void => {
    if (scopes.length > 0 && !scopes.includes(topic))
      throw new NetscopeError('auth.scope', { name, scopes: scopes.join(', '), needed: topic })
    const key = `${topic} ${filter}`
    if (!subscriptions.has(key)) {
      if (subscriptions.size >= MAX_SUBSCRIPTIONS)
        throw new NetscopeError('live.too-many', {
          limit: MAX_SUBSCRIPTIONS,
          what: 'subscriptions of a connection',
        })
      subscriptions.set(key, hub.subscribe(topic, filter, listener))
    }
    say('subscribed', { topic, filter })
  }

  const unsubscribe = (topic: Topic, filter: string): void => {
    const key = `${topic} ${filter}`
    subscriptions.get(key)?.()
    subscriptions.delete(key)
    say('unsubscribed', { topic, filter })
  }

  const authenticate = async (token: string): Promise<void> => {
    const principal = await auth.authenticate(token, false)
    if (!principal) return socket.close(CLOSE.unauthorised, 'the token is not valid')
    who = principal
    say('authenticated', { name: principal.name, role: principal.role })
  }

  const answer = async (message: ClientMessage): Promise<void> => {
    if (message.type === 'auth') return authenticate(message.payload.token)
    if (!who) return socket.close(CLOSE.unauthorised, 'the first message must be auth')
    if (message.type === 'ping') return say('pong', { timeMs: wallClock() })
    const { topic, filter = '' } = message.payload
    if (message.type === 'subscribe') subscribe(who, topic, filter)
    else unsubscribe(topic, filter)
  }

  return {
    get principal() {
      return who
    },
    admit(principal) {
      who = principal
    },
    async take(text) {
      if (++questions > MAX_QUESTIONS) return socket.close(CLOSE.tooMany, 'too many messages')
      try {
        await answer(readMessage(text))
      } catch (error) {
        if (!who) return socket.close(CLOSE.unauthorised, 'the first message must be auth')
        say('error', problemOf(error))
      }
    },
    look() {
      questions = 0
      if (lost.size > 0 && socket.waitingBytes() <= MAX_WAITING_BYTES) tellLost()
      if (who && !auth.isStillGood(who))
        socket.close(CLOSE.unauthorised, 'signed out, revoked or expired')
    },
    end() {
      for (const stop of subscriptions.values()) stop()
      subscriptions.clear()
    },
  }
}
