/** Where live messages come from: one source per topic. */

export const TOPICS = ['flows', 'devices', 'alerts', 'metrics', 'events'] as const
export type Topic = (typeof TOPICS)[number]

/** `type` of the messages of a topic. */
export const MESSAGE_TYPES: Readonly<Record<Topic, string>> = {
  flows: 'flow',
  devices: 'device',
  alerts: 'alert',
  metrics: 'metrics',
  events: 'event',
}

/** Who takes what a source has for one filter. */
export interface LiveTaker {
  /** JSON text of a payload. */
  push(payload: string): void
  /** So many were not even looked at. */
  skip(count: number): void
}

export interface LiveSource {
  /** Begins for one filter, until the returned function is called. Throws `query.filter` or `live.no-filter`. */
  open(filter: string, taker: LiveTaker): () => void
}
