/** What becomes of an alert: shown, or held back by what people have said. */
import type { AlertState, KeptAlert } from './alert-row.ts'
import { holdsBack } from './false-positives.ts'
import type { FalsePositives } from './false-positives.ts'
import type { Suppressions } from './suppressions.ts'

export interface Judgement {
  state: AlertState
  /** Id of a suppression or of another alert; empty: nothing holds it back. */
  suppressedBy: string
}

/** An alert that has grown beyond what was called a false positive is an alert again. */
export const judge = (
  alert: KeptAlert,
  marks: Pick<FalsePositives, 'of' | 'holding'>,
  suppressions: Pick<Suppressions, 'holding'>,
  nowMs: number,
): Judgement => {
  const own = marks.of(alert.id)
  if (own && own.expiresAtMs > nowMs && holdsBack(own, alert))
    return { state: 'false-positive', suppressedBy: '' }
  const suppression = suppressions.holding(alert, nowMs)
  if (suppression) return { state: 'suppressed', suppressedBy: suppression.id }
  const mark = marks.holding(alert, nowMs)
  if (mark) return { state: 'suppressed', suppressedBy: mark.alert }
  return { state: alert.state, suppressedBy: '' }
}
