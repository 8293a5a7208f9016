/** Section `mock`: the made-up network of `agent.source: mock`. */
import { integer, section, type SectionValue } from './key.ts'

export const mockSection = section('The mock source.', {
  seed: integer({
    default: 1,
    minimum: 0,
    maximum: 4294967295,
    description: 'Start of the random numbers: the same seed makes the same traffic.',
  }),
})

export type MockSection = SectionValue<typeof mockSection>
