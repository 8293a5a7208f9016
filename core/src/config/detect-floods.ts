/** Thresholds of the detectors of spoofing, floods and guessing: part of the section `detect`. */
import { integer } from './key.ts'

const perSecond = (events: number, of: string, reason: string) =>
  integer({
    default: events,
    minimum: 10,
    maximum: 100_000_000,
    description: `${of} per second to one address that are a flood if they also exceed its usual rate by six standard deviations; ${reason}.`,
  })

export const floodKeys = {
  spoofPokes: integer({
    default: 3,
    minimum: 2,
    maximum: 100,
    description:
      'Claims of another’s address that nobody asked for until ARP or Neighbor Discovery counts as forged; one is an address that has moved, poisoners repeat themselves every 1 to 30 seconds.',
  }),
  spoofWindowSeconds: integer({
    default: 120,
    minimum: 10,
    maximum: 3600,
    description: 'Seconds in which these claims must come; slow poisoners send one in 10 to 30.',
  }),
  spoofMoved: integer({
    default: 3,
    minimum: 2,
    maximum: 64,
    description:
      'Addresses beyond the link whose packets must go by another station than before until that counts, where nobody announced it or asked for it and no forged claim was seen; one or two are another route.',
  }),
  spoofMovedAfterForged: integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description:
      'The same after a forged claim; one is enough where it was of the very next hop that they went by before.',
  }),
  duplicateDenials: integer({
    default: 3,
    minimum: 2,
    maximum: 100,
    description:
      'Addresses within five minutes that one station denies to others who ask whether they are free; an owner has one or two to defend.',
  }),
  routerFlood: integer({
    default: 5,
    minimum: 3,
    maximum: 64,
    description:
      'New IPv6 routers within a minute on one link that are a flood; networks have one or two.',
  }),
  dhcpStarvationClients: integer({
    default: 100,
    minimum: 20,
    maximum: 10_000,
    description:
      'Clients within a minute, of as many makers, that ask for an address: more than a room of people brings; a fifth is enough if their frames come from one station.',
  }),
  redirects: integer({
    default: 3,
    minimum: 1,
    maximum: 1000,
    description:
      'ICMP redirects within a minute from one address to one host; a host believes one.',
  }),
  synFloodPerSecond: perSecond(
    100,
    'New connections, two thirds never completed,',
    'no client opens so many in vain',
  ),
  synAckFloodPerSecond: perSecond(
    100,
    'SYN-ACKs without a SYN',
    'forged packets in one’s name bring a few',
  ),
  tcpFloodPerSecond: perSecond(
    500,
    'TCP packets of no connection',
    'a server that was restarted gets some from its clients',
  ),
  udpFloodPerSecond: perSecond(
    1000,
    'UDP packets without an answer',
    'a stream has less, and a single one may have 20 times more',
  ),
  icmpFloodPerSecond: perSecond(
    250,
    'ICMP packets',
    'monitoring and path discovery need less than 10',
  ),
  amplificationPerSecond: perSecond(
    100,
    'Large answers without a question, from ten servers or more,',
    'ordinary services send none',
  ),
  connectionFloodPerSecond: perSecond(
    256,
    'Completed connections, two thirds without data,',
    'checks of load balancers make a few',
  ),
  fragmentFloodPerSecond: perSecond(
    1000,
    'Fragments without a beginning',
    'damaged paths bring a few',
  ),
  guessAttempts: integer({
    default: 20,
    minimum: 5,
    maximum: 10_000,
    description:
      'Short exchanges of one client with one log-in service, of the size of a failed log-in, that are guessing; people give up after five. On ports that are not known for log-ins three times as many.',
  }),
  guessWebAttempts: integer({
    default: 150,
    minimum: 20,
    maximum: 100_000,
    description:
      'The same at a web server, if requests come in three sizes or more, as passwords do, and get answers of one size: one in two seconds. Programs that report more often keep their connection.',
  }),
  guessWindowSeconds: integer({
    default: 300,
    minimum: 10,
    maximum: 86_400,
    description: 'Seconds in which these exchanges must come; guessers try every few seconds.',
  }),
}
