/** Carries observed frames from the source to those who read them. */
import type { ObserveSection } from '@netscope/core/config/observe.ts'
import type { ObservationRing } from '../source.ts'

export interface ObservationPump {
  start(): void
  /** Takes what is there now. */
  drain(): void
  /** Frames that could not be read: a fault of ours, which must not stop the counting. */
  failed(): number
  stop(): void
}

/** Between draining; the ring holds what the kernel's rate limits let through in that time. */
const DRAIN_MS = 40

export const createObservationPump = (
  config: Omit<ObserveSection, 'hopAddresses'>,
  deps: { ring: ObservationRing; take(record: Uint8Array): void },
): ObservationPump => {
  let timer: NodeJS.Timeout | undefined
  let failed = 0
  const take = (record: Uint8Array): void => {
    try {
      deps.take(record)
    } catch {
      failed++
    }
  }
  const drain = (): void => void deps.ring.drain(take)
  return {
    start: () => {
      if (!config.enabled) return
      deps.ring.observe({
        maxPerSecond: config.maxPerSecond,
        http: config.httpHost,
        hopsPerSecond: config.hopsPerSecond,
      })
      timer = setInterval(drain, DRAIN_MS)
    },
    drain,
    failed: () => failed,
    stop: () => {
      clearInterval(timer)
      deps.ring.observe({ maxPerSecond: 0, http: false })
      drain()
    },
  }
}
