/** Section `alerts`: how long detections are kept, and how far feedback may go. */
import { integer, section, type SectionValue } from './key.ts'

export const alertsSection = section('What the detectors have found, as the server keeps it.', {
  retainDays: integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    description: 'Days after which an alert is removed, counted from when it was last seen.',
  }),
  maxAlerts: integer({
    default: 10_000,
    minimum: 100,
    maximum: 1_000_000,
    description:
      'Alerts beyond which those that were not seen for longest are removed, however young they are; each takes some 4 kB.',
  }),
  feedbackMaxFactor: integer({
    default: 100,
    minimum: 2,
    maximum: 1000,
    description:
      'How many times its own threshold a detector may at most be made to demand between a source and a target by marks of false positives. What is stronger is always an alert.',
  }),
  captureSeverity: integer({
    default: 60,
    minimum: 0,
    maximum: 101,
    description:
      'Severity from which packets of the source of a new alert are captured at the agent that saw it and kept by the server; 101: never.',
  }),
  captureSeconds: integer({
    default: 10,
    minimum: 1,
    maximum: 300,
    description: 'Seconds after the alert for which they are; at most 1 MB, 512 bytes of each.',
  }),
  captureMegabytes: integer({
    default: 64,
    minimum: 1,
    maximum: 10_000,
    description: 'MB that all of them take; beyond, the oldest go.',
  }),
  captureDays: integer({
    default: 7,
    minimum: 1,
    maximum: 365,
    description: 'Days for which they are kept.',
  }),
  feedbackDays: integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    description:
      'Days for which a false positive that was marked holds others like it back; after that somebody has to look again.',
  }),
})

export type AlertsSection = SectionValue<typeof alertsSection>
