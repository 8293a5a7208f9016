/** How many incidents a detector may begin within an hour: whoever invents sources must not bury what matters. */
import type { Finding } from './detection.ts'

export interface IncidentQuota {
  /** Whether one more incident of this detector may begin; it counts if so. */
  take(detector: string, finding: Finding, nowMs: number): boolean
}

/** Nobody reads more than one a minute. */
const PER_HOUR = 64
/** Of them for what begins inside: senders outside are invented at will, machines of ours rarely. */
const INSIDE_PER_HOUR = 16
/** Critical ones have places of their own: as many as somebody can work off in a day. */
const [CRITICAL, CRITICAL_PER_HOUR] = [80, 256]
const HOUR_MS = 3_600_000

interface Begun {
  hour: number
  outside: number
  all: number
  critical: number
}

export const createIncidentQuota = (): IncidentQuota => {
  /** By detector. */
  const begun = new Map<string, Begun>()

  const ofHour = (detector: string, nowMs: number): Begun => {
    const hour = Math.floor(nowMs / HOUR_MS)
    let counts = begun.get(detector)
    if (counts?.hour !== hour)
      begun.set(detector, (counts = { hour, outside: 0, all: 0, critical: 0 }))
    return counts
  }

  return {
    take(detector, { severity, direction }, nowMs) {
      const counts = ofHour(detector, nowMs)
      if (severity >= CRITICAL) {
        if (counts.critical >= CRITICAL_PER_HOUR) return false
        counts.critical++
        return true
      }
      const isInside = direction === 'internal' || direction === 'outbound'
      if (counts.all >= PER_HOUR) return false
      if (!isInside && counts.outside >= PER_HOUR - INSIDE_PER_HOUR) return false
      counts.all++
      if (!isInside) counts.outside++
      return true
    },
  }
}
