/** Thresholds of the detector of scans: part of the section `detect`. */
import { integer } from './key.ts'

export const scanKeys = {
  scanOdds: integer({
    default: 99,
    minimum: 4,
    maximum: 1000000,
    description:
      'Odds to 1 from which first contacts that fail are a scan (Jung et al. 2004: detection rate 0.99 divided by false positive rate 0.01). Each failure makes them four times as high, each success a quarter.',
  }),
  scanFailuresInside: integer({
    default: 8,
    minimum: 2,
    maximum: 30,
    description:
      'Distinct hosts and ports that must have failed before a source of this site is a scanner; a computer whose printer, storage and server are off fails with about five.',
  }),
  scanFailuresOutside: integer({
    default: 5,
    minimum: 2,
    maximum: 30,
    description: 'The same for a source from outside, who has no reason to try what is closed.',
  }),
  scanOutsideHosts: integer({
    default: 16,
    minimum: 4,
    maximum: 30,
    description:
      'Outside hosts that must have failed on one port before a source of this site scans the internet; also hosts of this site that are silent on one UDP port. Twice as many within a minute for ports that clients use all day.',
  }),
  scanStealthPorts: integer({
    default: 5,
    minimum: 2,
    maximum: 30,
    description:
      'Ports that were sent TCP packets with FIN only, without flags or with odd flags (Xmas); no program sends them, damaged packets are single ones.',
  }),
  scanAckPorts: integer({
    default: 10,
    minimum: 2,
    maximum: 15,
    description:
      'Ports of one host that were sent acknowledgements of nothing; twice as many hosts from one source port. Late packets of closed connections go to one port.',
  }),
  scanUdpRefused: integer({
    default: 10,
    minimum: 4,
    maximum: 30,
    description:
      'UDP ports of one host without an answer that are a scan if the host also says that ports are closed.',
  }),
  scanUdpErrors: integer({
    default: 3,
    minimum: 1,
    maximum: 1000,
    description:
      'Messages "port unreachable" from which a host has said so; hosts send few per second, so that there are fewer than closed ports.',
  }),
  scanUdpSilent: integer({
    default: 30,
    minimum: 8,
    maximum: 32,
    description:
      'UDP ports of one host without an answer that are a scan even if the host says nothing.',
  }),
  scanProtocols: integer({
    default: 8,
    minimum: 3,
    maximum: 30,
    description: 'Rare IP protocols that one host was asked for; ordinary hosts use one or two.',
  }),
  scanPingHosts: integer({
    default: 12,
    minimum: 4,
    maximum: 30,
    description:
      'Hosts pinged within a minute that are a sweep if enough of them are silent; twice as many outside of this site.',
  }),
  scanPingSilentPercent: integer({
    default: 20,
    minimum: 1,
    maximum: 100,
    description:
      'Hundredths of the pinged hosts that must be silent: who polls what exists gets answers.',
  }),
  scanStampHosts: integer({
    default: 5,
    minimum: 2,
    maximum: 30,
    description:
      'Hosts that were asked for their time or address mask by ICMP, which hardly anybody does.',
  }),
  scanLinkHosts: integer({
    default: 10,
    minimum: 4,
    maximum: 30,
    description:
      'Addresses asked for by ARP or Neighbor Discovery within 30 seconds, more than once and in vain; three times as many (at most 30) if only once.',
  }),
  scanSlowHosts: integer({
    default: 25,
    minimum: 8,
    maximum: 32,
    description:
      'Hosts of this site that gave no answer to pings or ARP within the memory of scans, which is a slow sweep.',
  }),
  scanTogetherSources: integer({
    default: 5,
    minimum: 2,
    maximum: 256,
    description:
      'Sources that try several ports of one host within ten minutes and so scan it together.',
  }),
  scanTogetherPorts: integer({
    default: 30,
    minimum: 5,
    maximum: 65535,
    description:
      'Ports that they must have tried together; stray probes from the internet hit fewer.',
  }),
  scanAnswerMs: integer({
    default: 1500,
    minimum: 200,
    maximum: 60000,
    description:
      'Milliseconds after which a first contact without an answer has failed. The first retransmission of a SYN comes after 1000.',
  }),
  scanMemoryHours: integer({
    default: 24,
    minimum: 1,
    maximum: 168,
    description: 'Hours for which failed contacts are remembered, for slow scans.',
  }),
  scanQuietSeconds: integer({
    default: 60,
    minimum: 10,
    maximum: 86400,
    description:
      'Seconds without a probe after which a scan is over; twenty times its own pause between probes if that is longer, at most four hours.',
  }),
  scanSources: integer({
    default: 16384,
    minimum: 256,
    maximum: 262144,
    description:
      'Sources whose failed contacts are remembered at a time, up to 4 kB each. Invented senders of a flood take no place.',
  }),
}
