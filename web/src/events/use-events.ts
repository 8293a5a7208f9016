/** Live packet events while the event view is shown; leaving it ends the subscription in the kernel. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { StreamState } from '../api/stream.ts'
import { useStream } from '../api/use-stream.ts'
import { useSettled } from '../ui/use-settled.ts'
import { type EventFilter, eventMatcher, eventQuery } from './event-filter.ts'
import { createEventStore, type EventRows, type EventStore, KEPT_EVENTS } from './event-store.ts'
import type { PacketEvent } from './packet-event.ts'

/** Ten changes a second can still be read; drawing each packet could not. */
const SETTLE_MS = 100
const TYPING_MS = 400

const onFrame = (notify: () => void) => {
  setTimeout(() => requestAnimationFrame(notify), SETTLE_MS)
}

/** The page keeps one store, so that another view in between loses no rows. */
export const useEventStore = (): EventStore =>
  useState(() => createEventStore({ capacity: KEPT_EVENTS, schedule: onFrame }))[0]

export const useEvents = (
  store: EventStore,
  filter: EventFilter,
): { rows: EventRows; stream: StreamState } => {
  const rows = useSyncExternalStore(store.subscribe, store.rows)
  const matcher = useMemo(() => eventMatcher(filter), [filter])
  useEffect(() => store.filter(matcher), [store, matcher])
  const query = useSettled(eventQuery(filter), TYPING_MS)
  const handlers = {
    message: (data: string) => store.push(JSON.parse(data) as PacketEvent),
    lost: (data: string) => store.addLost((JSON.parse(data) as { lost: number }).lost),
  }
  const url = query ? `/events?${query}` : '/events'
  const stream = useStream(url, handlers, { explainUrl: '/health' })
  return { rows, stream }
}
