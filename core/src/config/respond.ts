/** Section `respond`: what may be done about alerts without a person, and what never. */
import { encodePrefix } from '../prefix.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { integer, section, text, texts, type SectionValue } from './key.ts'

export const respondSection = section(
  'Answers to alerts: policies, their bounds, what no block may hit.',
  {
    policiesFile: text({
      default: '',
      isPath: true,
      description:
        'YAML file with policies, under the key `policies`, in the form of docs/reference/response.md. They are read-only in the API and on the page.',
      allowed: 'a file path, or empty',
    }),
    managementNetworks: texts({
      items: { type: 'string', pattern: '^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$' },
      default: [],
      maxItems: 256,
      description:
        'Addresses and prefixes that people manage these machines from: nothing blocks them, and the kernel lets their packets pass whatever the deny list says.',
      allowed: 'a list such as [10.0.0.0/24, 192.0.2.7]',
    }),
    blocksPerHour: integer({
      default: 60,
      minimum: 0,
      maximum: 100_000,
      description:
        'Addresses that policies block at most within an hour without a person; 60 is more than scanners come to in an ordinary hour, and a fault cannot cut off the world.',
    }),
    addressesPerPrefix: integer({
      default: 8,
      minimum: 1,
      maximum: 256,
      description:
        'Addresses of one /24 or /64 that policies block one by one; beyond, the prefix is blocked instead, unless its sources may be forged.',
    }),
    verifySeconds: integer({
      default: 10,
      minimum: 1,
      maximum: 300,
      description:
        'Seconds after which the counters of the kernel are asked whether a block lets nothing pass.',
    }),
    approvalMinutes: integer({
      default: 60,
      minimum: 1,
      maximum: 10_080,
      description: 'Minutes that a question of a policy waits for an answer, and its link works.',
    }),
    retainDays: integer({
      default: 90,
      minimum: 1,
      maximum: 3650,
      description: 'Days after which actions that are over are removed; the audit log keeps them.',
    }),
  },
)

export type RespondSection = SectionValue<typeof respondSection>

export const respondChecks = {
  managementNetworks: (items: string[]): string | undefined => {
    const bytes = new Uint8Array(PREFIX_BYTES)
    for (const item of items) {
      const problem = encodePrefix(item, bytes, 0)
      if (problem !== undefined) return `${item}: ${problem}.`
    }
    return undefined
  },
}
