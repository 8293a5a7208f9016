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
    hopsPerSecond: integer({
      default: 400,
      minimum: 0,
      maximum: 100_000,
      description:
        'Packets of new flows per second, on the whole host, of which is noted by which station they go, at most `maxPerSecond`; each costs some microseconds, and a router is known from a handful. 0: none, then traffic that goes by another station than the router is not told.',
    }),
    hopAddresses: integer({
      default: 3,
      minimum: 2,
      maximum: 64,
      description:
        'Addresses beyond the link that must be seen behind a station until it counts as next hop; a host may have two of its own.',
    }),
  },
)

export type ObserveSection = SectionValue<typeof observeSection>
