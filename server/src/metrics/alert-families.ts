/** What the detectors looked at and found. */
import type { Alerts } from '../alerts/alerts.ts'
import type { Detection } from '../detect/detection.ts'
import { counter, gauge, one } from './family.ts'
import type { Family } from './family.ts'

export interface AlertFamilyDeps {
  alerts: Pick<Alerts, 'counts'>
  detection: Pick<Detection, 'stats'>
}

export const alertFamilies = ({ alerts, detection }: AlertFamilyDeps): Family[] => [
  counter(
    'netscope_alerts_total',
    'Alerts that began, by what became of them first: active, ended, or held back as suppressed.',
    () =>
      Object.entries(alerts.counts.begun)
        .filter(([state]) => state !== 'false-positive')
        .map(([state, value]) => ({ labels: { state }, value })),
  ),
  counter(
    'netscope_alerts_lost_total',
    'Changes of alerts that were not kept because the database failed for long.',
    () => one(alerts.counts.lost),
  ),
  counter('netscope_detection_records_total', 'Flow records that the detectors looked at.', () =>
    one(detection.stats.records),
  ),
  counter(
    'netscope_detection_observations_total',
    'Observations that the detectors looked at.',
    () => one(detection.stats.observations),
  ),
  gauge('netscope_detection_open_incidents', 'Incidents that go on.', () =>
    one(detection.stats.open),
  ),
  counter(
    'netscope_detector_failures_total',
    'Times that a detector failed, which is a fault of NetScope.',
    () =>
      Object.entries(detection.stats.failures).map(([detector, value]) => ({
        labels: { detector },
        value,
      })),
  ),
]
