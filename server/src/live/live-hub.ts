/** Live messages to everyone who subscribed: each is made once per filter, and sent in bundles. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { MESSAGE_TYPES } from './live-source.ts'
import type { LiveSource, Topic } from './live-source.ts'

/** Different filters of all topics; each costs a test per record. */
export const MAX_AUDIENCES = 256
/** Time between two bundles. */
export const FLUSH_MS = 100
/** Messages of one subscription per second, and at once after a while with few; what is beyond is counted. */
const MAX_PER_SECOND = 1000
const MAX_BURST = 1000
/** Who missed something is told this often, in flushes. */
const TELL_EVERY = 10

export interface LiveListener {
  /** Complete messages, in order; `count` of them. */
  send(topic: Topic, messages: readonly Buffer[]): void
  /** So many messages of a subscription were never made, because there are too many. */
  skipped(topic: Topic, filter: string, count: number): void
}

interface Audience {
  topic: Topic
  filter: string
  listeners: Set<LiveListener>
  pending: Buffer[]
  /** Messages that may be added now. */
  allowed: number
  skipped: number
  close(): void
}

export interface LiveHub {
  readonly audiences: number
  readonly counts: { sent: number; skipped: number }
  /** Throws `live.too-many`, and what the source throws at the filter. */
  subscribe(topic: Topic, filter: string, listener: LiveListener): () => void
  start(): void
  stop(): void
}

/** `now`: milliseconds of a clock that never steps back. */
export const createLiveHub = (
  sources: Readonly<Record<Topic, LiveSource>>,
  { now }: { now(): number },
): LiveHub => {
  const audiences = new Map<string, Audience>()
  const counts = { sent: 0, skipped: 0 }
  let timer: NodeJS.Timeout | undefined
  let flushes = 0
  let flushedAtMs = now()

  const begin = (topic: Topic, filter: string): Audience => {
    if (audiences.size >= MAX_AUDIENCES)
      throw new NetscopeError('live.too-many', {
        limit: MAX_AUDIENCES,
        what: 'different subscriptions',
      })
    const head = `{"type":"${MESSAGE_TYPES[topic]}","payload":`
    const audience: Audience = {
      topic,
      filter,
      listeners: new Set(),
      pending: [],
      allowed: MAX_BURST,
      skipped: 0,
      close: () => undefined,
    }
    audience.close = sources[topic].open(filter, {
      push(payload) {
        if (audience.allowed < 1) {
          audience.skipped++
          return
        }
        audience.allowed--
        audience.pending.push(Buffer.from(`${head}${payload}}`))
      },
      skip(count) {
        audience.skipped += count
      },
    })
    return audience
  }

  const tell = (audience: Audience): void => {
    const { topic, filter, listeners, skipped } = audience
    audience.skipped = 0
    counts.skipped += skipped
    for (const listener of listeners) listener.skipped(topic, filter, skipped)
  }

  const flush = (): void => {
    flushes++
    const more = ((now() - flushedAtMs) / 1000) * MAX_PER_SECOND
    flushedAtMs = now()
    for (const audience of audiences.values()) {
      const { topic, listeners, pending } = audience
      audience.allowed = Math.min(MAX_BURST, audience.allowed + more)
      if (pending.length > 0) {
        audience.pending = []
        counts.sent += pending.length * listeners.size
        for (const listener of listeners) listener.send(topic, pending)
      }
      if (audience.skipped > 0 && flushes % TELL_EVERY === 0) tell(audience)
    }
  }

  return {
    counts,
    get audiences() {
      return audiences.size
    },
    subscribe(topic, filter, listener) {
      const key = `${topic} ${filter}`
      const audience = audiences.get(key) ?? begin(topic, filter)
      audiences.set(key, audience)
      audience.listeners.add(listener)
      return () => {
        audience.listeners.delete(listener)
        if (audience.listeners.size > 0 || audiences.get(key) !== audience) return
        audiences.delete(key)
        audience.close()
      }
    },
    start() {
      timer = setInterval(flush, FLUSH_MS)
    },
    stop() {
      clearInterval(timer)
      for (const { close } of audiences.values()) close()
      audiences.clear()
    },
  }
}
