/** Section `observe`: packets that are decoded for names and for what hosts say about themselves. */
import { boolean, integer, section, type SectionValue } from './key.ts'

export const observeSection = section(
  'Names of connections, and what hosts say about themselves.',
  {
    enabled: boolean({
      default: true,
      description:
        'Reads DNS answers, TLS and QUIC client hellos, ARP, NDP, DHCP, mDNS, LLMNR and NetBIOS names. Without it flows have no names.',
    }),
    httpHost: boolean({
      default: false,
      description: 'Reads the host of requests in clear-text HTTP too, on any port.',
    }),
    maxPerSecond: integer({
      default: 5000,
      minimum: 1,
      maximum: 1000000,
      description:
        'Packets of each kind that the kernel hands over per second, about, on the whole host; the rest is counted as skipped.',
    }),
  },
)

export type ObserveSection = SectionValue<typeof observeSection>
