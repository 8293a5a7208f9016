/** Keys of `detect` for command and control, tunnels, uploads and new things. */
import { integer, texts } from './key.ts'

export const c2Keys = {
  beaconContacts: integer({
    default: 20,
    minimum: 10,
    maximum: 120,
    description:
      'Answered contacts of a host with one service from which regular intervals are a beacon; half as many again where they vary by more than 10 %. People do not keep an interval for 20 times.',
  }),
  beaconJitterPercent: integer({
    default: 25,
    minimum: 1,
    maximum: 40,
    description:
      'Median deviation of the intervals of a beacon from their median, in percent of it; waits of half to one and a half intervals by chance have 25, contacts by chance 69.',
  }),
  beaconScorePercent: integer({
    default: 85,
    minimum: 50,
    maximum: 100,
    description:
      "Score of RITA v5, in hundredths, from which contacts over six hours or more are a beacon; RITA's own bounds are 50, 70, 90 and 100.",
  }),
  dnsTunnelNames: integer({
    default: 50,
    minimum: 10,
    maximum: 100000,
    description:
      'Distinct names below one domain, in ten minutes, that make a tunnel if two signs of it are there (long names, types that hold data, large answers); one sign needs four times, long names alone or a day six times as many. Tunnels ask for several a second.',
  }),
  dnsTunnelNameChars: integer({
    default: 25,
    minimum: 8,
    maximum: 250,
    description:
      'Mean number of characters below a domain from which names are long; hosts of services have 3 to 15, tunnels 30 to 220.',
  }),
  dgaDomains: integer({
    default: 30,
    minimum: 5,
    maximum: 100000,
    description:
      'Domains that do not exist, asked for by one host in ten minutes, that mean that a program makes them up; three times as many where they look like words.',
  }),
  icmpTunnelPackets: integer({
    default: 40,
    minimum: 10,
    maximum: 1000000,
    description:
      'Echo requests between two hosts from which their sizes are judged: an answer must repeat its request.',
  }),
  longConnectionHours: integer({
    default: 12,
    minimum: 1,
    maximum: 720,
    description: 'Hours after which a connection to the outside is told of as long, once.',
  }),
  uploadMegabytes: integer({
    default: 500,
    minimum: 1,
    maximum: 1000000,
    description:
      'Megabytes sent to one host outside within an hour from which an upload is judged against the history of the device.',
  }),
  uploadHistoryHours: integer({
    default: 24,
    minimum: 1,
    maximum: 720,
    description:
      'Hours of history that a device needs before an upload counts as unusual; with less it is told as information only.',
  }),
  torAddresses: texts({
    default: [],
    maxItems: 20000,
    items: { type: 'string', pattern: '^[0-9a-f:.]{2,45}$' },
    description: "Addresses of Tor's relays; contacts with them are told. NetScope brings no list.",
  }),
  quietDeviceDestinations: integer({
    default: 10,
    minimum: 1,
    maximum: 256,
    description:
      'Networks outside that a quiet device has talked to at most; one that it never talked to is told of.',
  }),
  noveltyLearnHours: integer({
    default: 24,
    minimum: 0,
    maximum: 720,
    description:
      'Hours of watching before a device or a service counts as new; 24 hold what is there by day and by night. A start of the server begins anew.',
  }),
}
