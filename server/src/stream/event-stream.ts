/** Packet events to everyone who watches: formatted once, written once per client, lost rather than queued. */
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import type { Batch } from '../ingest/batch.ts'
import type { EventLine } from './event-line.ts'
import { createEventTest, filterKey } from './event-match.ts'
import type { EventFilter, EventTest } from './event-match.ts'

/** Bytes that may wait for a client that reads slowly; beyond it, events are lost for this client. */
export const MAX_WAITING_BYTES = 1 << 20

/** Where a client's bytes go. */
export interface EventSink {
  write(bytes: Buffer | string): void
  /** Bytes that were written but not sent. */
  waitingBytes(): number
}

interface Client {
  sink: EventSink
  /** Events lost since the client was last told. */
  lost: number
}

interface Audience {
  test: EventTest | undefined
  clients: Set<Client>
}

export interface EventStream {
  readonly clients: number
  readonly counts: { written: number; lost: number }
  /** Events that pass the filter go to `sink` until the returned function is called. */
  add(sink: EventSink, filter: EventFilter): () => void
  /** As add, for a filter of another language; `key` is the same where the test is. */
  addTest(sink: EventSink, key: string, test: EventTest | undefined): () => void
  publish(batch: Batch, context: FlowContext): void
  /** Tells clients that caught up what they lost; to be called about every second. */
  tellLost(): void
}

/** `onWatch` hears of the first client that comes and the last one that goes. */
export const createEventStream = (line: EventLine, onWatch: (on: boolean) => void): EventStream => {
  const audiences = new Map<string, Audience>()
  const counts = { written: 0, lost: 0 }
  let clients = 0
  let seq = 0

  const tell = (client: Client): void => {
    client.sink.write(`event: lost\ndata: {"lost":${client.lost}}\n\n`)
    client.lost = 0
  }

  const deliver = (client: Client, bytes: Buffer, events: number): void => {
    if (client.sink.waitingBytes() > MAX_WAITING_BYTES) {
      client.lost += events
      counts.lost += events
      return
    }
    if (client.lost > 0) tell(client)
    client.sink.write(bytes)
    counts.written += events
  }

  const join = (sink: EventSink, key: string, test: EventTest | undefined): (() => void) => {
    const audience = audiences.get(key) ?? { test, clients: new Set() }
    const client = { sink, lost: 0 }
    audiences.set(key, audience)
    audience.clients.add(client)
    if (++clients === 1) onWatch(true)
    return () => {
      if (!audience.clients.delete(client)) return
      if (audience.clients.size === 0) audiences.delete(key)
      if (--clients === 0) onWatch(false)
    }
  }

  return {
    counts,
    get clients() {
      return clients
    },
    add: (sink, filter) => join(sink, filterKey(filter), createEventTest(filter)),
    addTest: (sink, key, test) => join(sink, `test ${key}`, test),
    publish({ view, count }, context) {
      const firstSeq = seq + 1
      seq += count
      if (clients === 0) return
      const lines: string[] = []
      for (const { test, clients: listeners } of audiences.values()) {
        let text = ''
        let events = 0
        for (let i = 0; i < count; i++) {
          if (test && !test(view, i * EVENT_BYTES)) continue
          text += lines[i] ??= line(view, i * EVENT_BYTES, firstSeq + i, context)
          events++
        }
        if (events === 0) continue
        const bytes = Buffer.from(text)
        for (const client of listeners) deliver(client, bytes, events)
      }
    },
    tellLost() {
      for (const { clients: listeners } of audiences.values()) {
        for (const client of listeners) {
          if (client.lost > 0 && client.sink.waitingBytes() <= MAX_WAITING_BYTES) tell(client)
        }
      }
    },
  }
}
