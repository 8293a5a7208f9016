/** For tests: an alert as the API shows it, of a detection that was made up. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import { UNTOUCHED } from '../alerts/alert-row.ts'
import type { AlertRow } from '../alerts/alert-row.ts'
import type { StoredAlert } from '../alerts/alert-store.ts'
import { madeUpDetection } from './made-up-detection.ts'

export const storedAlert = (given: Partial<Detection> = {}): StoredAlert => {
  const alert = { ...alertOf(madeUpDetection(given)), srcDevice: '', dstDevice: '' }
  const rest = { suppressedBy: '', workflow: UNTOUCHED, incident: alert.id }
  return { alert, state: alert.state, ...rest }
}

export const rowOf = ({ alert, state, suppressedBy, incident }: StoredAlert): AlertRow => ({
  ...{ ...alert, state, suppressedBy, incident, falsePositive: null },
  workflow: { state: 'open', assignee: '', reason: '', author: '', at: null },
})
