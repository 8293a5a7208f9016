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
  feedbackDays: integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    description:
      'Days for which a false positive that was marked holds others like it back; after that somebody has to look again.',
  }),
})

export type AlertsSection = SectionValue<typeof alertsSection>
