/**
 * The packet events that the page keeps: the newest 10,000 and the newest 10,000 of those that match
 * the filter. While held the rows stand still; what arrives is kept and counted, and shown afterwards.
 */
import { createRing } from './event-ring.ts'
import type { PacketEvent } from './packet-event.ts'

export const KEPT_EVENTS = 10_000

type Matcher = (event: PacketEvent) => boolean

export interface EventStoreConfig {
  capacity: number
  /** Calls back once, soon; changes in between are told together. */
  schedule(notify: () => void): void
}

/** What a table shows; a new object after each change. */
export interface EventRows {
  count: number
  /** Newest first. */
  at(index: number): PacketEvent
  kept: number
  held: boolean
  /** Matching events that arrived while held. */
  waiting: number
  /** Events that the server could not send because this page or the kernel was too busy. */
  lost: number
}

export const createEventStore = ({ capacity, schedule }: EventStoreConfig) => {
  const all = createRing<PacketEvent>(capacity)
  const matching = createRing<PacketEvent>(capacity)
  const listeners = new Set<() => void>()
  let matches: Matcher = () => true
  let frozen: { all: PacketEvent[]; shown: PacketEvent[] } | undefined
  let waiting = 0
  let lost = 0
  let rows: EventRows
  let told = true

  const compose = () => {
    const { shown } = frozen ?? {}
    rows = {
      count: shown ? shown.length : matching.size(),
      at: (index) => (shown ? shown[index] : matching.at(index)) as PacketEvent,
      kept: all.size(),
      held: frozen !== undefined,
      waiting,
      lost,
    }
  }
  const tell = () => {
    told = true
    compose()
    for (const listener of listeners) listener()
  }
  const changed = () => {
    if (!told) return
    told = false
    schedule(tell)
  }
  compose()

  return {
    push(event: PacketEvent) {
      all.push(event)
      if (matches(event)) {
        matching.push(event)
        if (frozen) waiting++
      }
      changed()
    },
    addLost(count: number) {
      lost += count
      changed()
    },
    filter(next: Matcher) {
      matches = next
      matching.clear()
      for (let i = all.size() - 1; i >= 0; i--) {
        const event = all.at(i)
        if (event && matches(event)) matching.push(event)
      }
      if (frozen) frozen = { all: frozen.all, shown: frozen.all.filter(matches) }
      tell()
    },
    hold() {
      if (frozen) return
      frozen = { all: all.toArray(), shown: matching.toArray() }
      waiting = 0
      tell()
    },
    resume() {
      frozen = undefined
      waiting = 0
      tell()
    },
    clear() {
      all.clear()
      matching.clear()
      if (frozen) frozen = { all: [], shown: [] }
      waiting = 0
      lost = 0
      tell()
    },
    rows: () => rows,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

export type EventStore = ReturnType<typeof createEventStore>
