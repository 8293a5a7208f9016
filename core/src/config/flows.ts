/** Section `flows`: size of the flow table and when flows end. */
import { integer, section, type SectionValue } from './key.ts'

const idleSeconds = (seconds: number, of: string) =>
  integer({
    default: seconds,
    minimum: 1,
    maximum: 86400,
    description: `Seconds without a packet after which ${of} ends.`,
  })

export const flowsSection = section('The flow table.', {
  tableSize: integer({
    default: 131072,
    minimum: 64,
    maximum: 4194304,
    description:
      'Flows that the kernel keeps at a time. What does not fit is counted without an entry.',
  }),
  tcpIdleSeconds: idleSeconds(300, 'a TCP flow'),
  udpIdleSeconds: idleSeconds(60, 'a UDP flow'),
  icmpIdleSeconds: idleSeconds(30, 'an ICMP or ICMPv6 flow'),
  otherIdleSeconds: idleSeconds(60, 'a flow of another protocol'),
  closedLingerSeconds: integer({
    default: 5,
    minimum: 0,
    maximum: 3600,
    description: 'Seconds that a TCP flow is kept after its FIN or RST, for late packets.',
  }),
  liveUpdatesPerSecond: integer({
    default: 5000,
    minimum: 1,
    maximum: 4194304,
    description:
      'Live flows that the agent reports per second at most; ended flows are always reported.',
  }),
  condenseAbove: integer({
    default: 500,
    minimum: 0,
    maximum: 100_000_000,
    description:
      'New flows per second to one victim (address, port, protocol) that are a few packets without an exchange; what comes beyond is summed up in one record per second, so that a flood with forged sources fills neither uplink nor history. No ordinary service has so many that come to nothing; 0: never.',
  }),
  recentEnded: integer({
    default: 20000,
    minimum: 0,
    maximum: 1000000,
    description: 'Ended flows that the server keeps in memory.',
  }),
})

export type FlowsSection = SectionValue<typeof flowsSection>
