/** Incidents that went on while the server was away: the detectors find them anew, the alert is the one that there was. */
import type { Alert } from '@netscope/detect/alert.ts'
import type { KeptAlert } from './alert-row.ts'

/** What comes later is a new incident. */
const WITHIN_MS = 600_000

export interface Resumption {
  /** The alert as it goes on, if it is one of before, said by its worst finding; else as it is. */
  resume(alert: Alert): Alert
}

const keyOf = ({ agent, suppressionKey }: Alert): string => `${agent} ${suppressionKey}`

/** `before`: those that had not ended when the server did. */
export const createResumption = (before: readonly KeptAlert[]): Resumption => {
  const waiting = new Map(before.map((alert) => [keyOf(alert), alert]))
  const resumed = new Map<string, KeptAlert>()

  const find = (alert: Alert): KeptAlert | undefined => {
    const known = resumed.get(alert.id)
    if (known) return known
    const found = waiting.get(keyOf(alert))
    waiting.delete(keyOf(alert))
    if (!found || Date.parse(alert.firstSeen) - Date.parse(found.lastSeen) > WITHIN_MS)
      return undefined
    resumed.set(alert.id, found)
    return found
  }

  return {
    resume(alert) {
      const found = find(alert)
      if (!found) return alert
      if (alert.state === 'ended') resumed.delete(alert.id)
      const { version, lastSeen, state } = alert
      const { id, firstSeen } = found
      const count = found.count + alert.count
      const worst = alert.severity < found.severity ? found : alert
      return { ...worst, id, version, firstSeen, lastSeen, count, state }
    },
  }
}
