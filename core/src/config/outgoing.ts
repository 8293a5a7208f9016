/** Section `outgoing`: where the server itself may connect to. */
import { encodePrefix } from '../prefix.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { section, texts, type SectionValue } from './key.ts'

const HOST = '^[A-Za-z0-9:._/-]{1,253}$'

export const outgoingSection = section(
  'What the server connects to by itself: channels of notifications, providers and feeds of threat intelligence.',
  {
    allow: texts({
      items: { type: 'string', pattern: HOST },
      default: [],
      maxItems: 256,
      description:
        'Prefixes and names of hosts that it may connect to although their addresses are private, loopback, link-local ' +
        'or otherwise not of the internet, such as a mail server of your own. All others like that are refused, so that ' +
        'nobody can steer it at internal services.',
      allowed: 'a list such as [10.1.0.25, 192.168.7.0/24, mail.example.lan]',
    }),
  },
)

export type OutgoingSection = SectionValue<typeof outgoingSection>

/** Whether an item of `outgoing.allow` is the name of a host, not a prefix. */
export const isHostName = (item: string): boolean =>
  /[a-z]/i.test(item) && !item.includes(':') && !item.includes('/')

export const outgoingChecks = {
  allow: (items: string[]): string | undefined => {
    const bytes = new Uint8Array(PREFIX_BYTES)
    for (const item of items) {
      const problem = isHostName(item) ? undefined : encodePrefix(item, bytes, 0)
      if (problem !== undefined) return `${item}: ${problem}.`
    }
    return undefined
  },
}
