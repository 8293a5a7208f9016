/** Section `detect`: thresholds of the detectors, each with its reason. */
import { boolean, section, type SectionValue } from './key.ts'

export const detectSection = section('The detectors.', {
  enabled: boolean({
    default: true,
    description: 'Look for attacks and anomalies in what the agents see.',
  }),
})

export type DetectSection = SectionValue<typeof detectSection>
