/** The newest observations and how many there were of each kind; bounded. */
import type { Observation } from '@netscope/core/observation.ts'

export interface RecentObservations {
  add(observation: Observation): void
  /** Oldest first. */
  list(): Observation[]
  counts(): Partial<Record<Observation['kind'], number>>
}

/** At most some 4 KiB each, mostly 500 bytes. */
const KEPT = 1024

export const createRecentObservations = (kept = KEPT): RecentObservations => {
  const ring: Observation[] = []
  const counts: Partial<Record<Observation['kind'], number>> = {}
  let next = 0
  return {
    add(observation) {
      counts[observation.kind] = (counts[observation.kind] ?? 0) + 1
      ring[next] = observation
      next = (next + 1) % kept
    },
    list: () => [...ring.slice(next), ...ring.slice(0, next)],
    counts: () => ({ ...counts }),
  }
}
