/**
 * What hosts say about themselves and their network in link-level and configuration protocols, one record
 * per frame, what they ask of DNS, summed up,
 * and who passes on their packets: the input of devices and of detectors. All text in it was chosen by whoever
 * sent the frame: it has no control characters, a bounded length, and is otherwise not to be believed.
 */
import type { ArpObservation } from './observation/arp.ts'
import type { DhcpObservation } from './observation/dhcp.ts'
import type { Dhcpv6Observation } from './observation/dhcpv6.ts'
import type { DnsObservation } from './observation/dns.ts'
import type { NameObservation } from './observation/name.ts'
import type { NdpObservation } from './observation/ndp.ts'
import type { NextHopObservation } from './observation/next-hop.ts'
import type { RedirectObservation } from './observation/redirect.ts'

export type Observation =
  | ArpObservation
  | NdpObservation
  | DhcpObservation
  | Dhcpv6Observation
  | NameObservation
  | DnsObservation
  | NextHopObservation
  | RedirectObservation
