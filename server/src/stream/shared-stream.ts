/** A body sent to every client again and again; clients with the same key share the work of making it. */
import { MAX_WAITING_BYTES } from './event-stream.ts'
import type { EventSink } from './event-stream.ts'

export interface SharedStream<Query> {
  /** Sends the first body at once, further ones with every tick, until the returned function is called. */
  add(sink: EventSink, key: string, query: Query): () => void
  /** Makes each body once and sends it; skipped while the tick before is still at work. */
  tick(): void
}

interface Audience<Query> {
  query: Query
  sinks: Set<EventSink>
}

/** `make` gives the JSON text of a body. A client that is too slow misses ticks, not the last state. */
export const createSharedStream = <Query>(
  event: string,
  make: (query: Query) => Promise<string>,
  onError: (error: unknown) => void,
): SharedStream<Query> => {
  const audiences = new Map<string, Audience<Query>>()
  let busy = false

  const send = async (query: Query, sinks: Iterable<EventSink>): Promise<void> => {
    const text = `event: ${event}\ndata: ${await make(query)}\n\n`
    const bytes = Buffer.from(text)
    for (const sink of sinks) if (sink.waitingBytes() <= MAX_WAITING_BYTES) sink.write(bytes)
  }

  const sendAll = async (): Promise<void> => {
    for (const { query, sinks } of audiences.values()) await send(query, sinks)
  }

  return {
    add(sink, key, query) {
      const audience = audiences.get(key) ?? { query, sinks: new Set() }
      audiences.set(key, audience)
      audience.sinks.add(sink)
      send(query, [sink]).catch(onError)
      return () => {
        audience.sinks.delete(sink)
        if (audience.sinks.size === 0 && audiences.get(key) === audience) audiences.delete(key)
      }
    },
    tick() {
      if (busy) return
      busy = true
      sendAll()
        .catch(onError)
        .finally(() => (busy = false))
    },
  }
}
