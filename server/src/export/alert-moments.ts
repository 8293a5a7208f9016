/** When an alert is told of: once when it is new, when it has become more severe, and once when it is over. */
import { createBoundedMap } from '@netscope/detect/bounded-map.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'
import type { AlertMoment } from './export-format.ts'

export interface AlertMoments {
  /** What is to be told of the alert as it is now, in this order. */
  of(alert: Told, isWanted: boolean): readonly AlertMoment[]
  /** An alert that was growing when the server ended, which counts as its end. */
  resume(id: string): void
}

type Told = Pick<KeptAlert, 'id' | 'state' | 'severity' | 'lastSeen'>

/** Alerts that go on, or were over not long ago. */
const MAX_TOLD = 50_000
const LABEL_WIDTH = 20

/** `startedAtMs`: what was over by then was told of before. */
export const createAlertMoments = (startedAtMs: number): AlertMoments => {
  /** Severity that was told last, by id. */
  const told = createBoundedMap<string, number | 'over' | 'may resume'>(MAX_TOLD)

  const ended = ({ id, lastSeen }: Told, isWanted: boolean): readonly AlertMoment[] => {
    const before = told.get(id)
    // Somebody has acknowledged it, say.
    if (before === 'over' || before === 'may resume') return []
    const isOld = before === undefined && Date.parse(lastSeen) < startedAtMs
    if (isOld || (before === undefined && !isWanted)) return []
    told.set(id, 'over')
    return before === undefined ? ['new', 'ended'] : ['ended']
  }

  return {
    of(alert, isWanted) {
      if (alert.state === 'ended') return ended(alert, isWanted)
      if (!isWanted) return []
      const { id, severity } = alert
      const before = told.get(id)
      if (typeof before !== 'number') {
        told.set(id, severity)
        return [before === undefined ? 'new' : 'resumed']
      }
      // By labels: a point more is no news.
      if (Math.floor(severity / LABEL_WIDTH) <= Math.floor(before / LABEL_WIDTH)) return []
      told.set(id, severity)
      return ['raised']
    },
    resume: (id) => told.set(id, 'may resume'),
  }
}
