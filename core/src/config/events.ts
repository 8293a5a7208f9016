/** Section `events`: packet events while someone watches. */
import { integer, section, type SectionValue } from './key.ts'

export const eventsSection = section('Packet events (`/events`).', {
  maxPerSecond: integer({
    default: 10000,
    minimum: 1,
    maximum: 10000000,
    description:
      'Packet events per second that the kernel produces at most on the whole host; the rest is counted as skipped.',
  }),
})

export type EventsSection = SectionValue<typeof eventsSection>
