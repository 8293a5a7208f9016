/** Carries packet events from the source to the uplink while somebody watches. */
import type { EventRing } from './source.ts'

export interface EventPump {
  watch(on: boolean): void
  watched(): boolean
  /** Events that were drained but that the uplink did not take, since start. */
  lost(): number
}

/** Between draining; the ring holds what the kernel's rate limit lets through in that time. */
const DRAIN_MS = 30

export const createEventPump = (
  config: { maxPerSecond: number },
  deps: { events: EventRing; send(records: Uint8Array, count: number): boolean },
): EventPump => {
  let timer: NodeJS.Timeout | undefined
  let lost = 0
  const take = (records: Uint8Array, count: number): void => {
    if (!deps.send(records, count)) lost += count
  }
  const discard = (): void => undefined

  return {
    watch: (on) => {
      if (on === (timer !== undefined)) return
      if (on) {
        // What lies in the ring since the last watch is old.
        deps.events.drain(discard)
        deps.events.watch(true, config.maxPerSecond)
        timer = setInterval(() => deps.events.drain(take), DRAIN_MS)
      } else {
        deps.events.watch(false, config.maxPerSecond)
        clearInterval(timer)
        timer = undefined
      }
    },
    watched: () => timer !== undefined,
    lost: () => lost,
  }
}
