/** Section `detect`: thresholds of the detectors, each with its reason. */
import { c2Keys } from './detect-c2.ts'
import { floodKeys } from './detect-floods.ts'
import { scanKeys } from './detect-scans.ts'
import { boolean, integer, section, type SectionValue } from './key.ts'

export const detectSection = section('The detectors.', {
  enabled: boolean({
    default: true,
    description: 'Look for attacks and anomalies in what the agents see.',
  }),
  anomalyScorePercent: integer({
    default: 57,
    minimum: 50,
    maximum: 100,
    description:
      'Score of an Isolation Forest, in hundredths, from which five minutes of a device may be told as unusual; the median of ordinary ones is 38, and one in a thousand reaches 58.',
  }),
  anomalyDeviations: integer({
    default: 5,
    minimum: 2,
    maximum: 100,
    description:
      'Robust standard deviations (median distance from the median × 1.48) by which one figure at least must exceed the median; the busiest five minutes of a week are within 4.',
  }),
  anomalyLearnWindows: integer({
    default: 288,
    minimum: 16,
    maximum: 2016,
    description:
      'Windows of five minutes with traffic that are learned of a device before it is judged; 288 are a day, so that day and night are known.',
  }),
  anomalyDevices: integer({
    default: 256,
    minimum: 1,
    maximum: 4096,
    description:
      'Devices that are learned at a time; each takes up to 0.3 MB. One that has been silent for a day makes room.',
  }),
  anomalyScoreDays: integer({
    default: 14,
    minimum: 1,
    maximum: 365,
    description:
      'Days for which the scores of devices are kept; a day of a device that is always on takes some 30 kB.',
  }),
  ...floodKeys,
  ...scanKeys,
  ...c2Keys,
})

export type DetectSection = SectionValue<typeof detectSection>
