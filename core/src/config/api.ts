/** Section `api`: how much of the server one client may take. */
import { integer, section, type SectionValue } from './key.ts'

export const apiSection = section('Bounds of the API, so that one client leaves room for others.', {
  requestsPerSecond: integer({
    default: 1000,
    minimum: 1,
    maximum: 1000000,
    description:
      'Requests per second of one account or token. Twice as many may come at once; more get a 429.',
  }),
  anonymousRequestsPerSecond: integer({
    default: 100,
    minimum: 1,
    maximum: 1000000,
    description: 'Requests per second of one address that shows no credentials.',
  }),
  batchBytes: integer({
    default: 8388608,
    minimum: 65536,
    maximum: 67108864,
    description: 'Longest body of `POST /api/v1/flows/batch`; all others may have 65,536 bytes.',
  }),
  webSockets: integer({
    default: 1000,
    minimum: 1,
    maximum: 20000,
    description: 'Connections to `/api/v1/ws` that are open at a time.',
  }),
})

export type ApiSection = SectionValue<typeof apiSection>
