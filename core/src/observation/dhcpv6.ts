/** What was said by DHCPv6. */
import type { PacketObservation } from './shared-fields.ts'

/** Message types by number (RFC 8415 section 7.3); OTHER: any later one. */
export const DHCPV6_MESSAGES = [
  'OTHER',
  'SOLICIT',
  'ADVERTISE',
  'REQUEST',
  'CONFIRM',
  'RENEW',
  'REBIND',
  'REPLY',
  'RELEASE',
  'DECLINE',
  'RECONFIGURE',
  'INFORMATION-REQUEST',
  'RELAY-FORW',
  'RELAY-REPL',
] as const
export type Dhcpv6Message = (typeof DHCPV6_MESSAGES)[number]

export interface Dhcpv6Address {
  address: string
  preferredSeconds: number
  /** 0 in an answer: not to be used any more. */
  validSeconds: number
}

/** DHCPv6 (RFC 8415). Of a relayed message it describes the innermost one that could be read. */
export interface Dhcpv6Observation extends PacketObservation {
  kind: 'dhcpv6'
  message: Dhcpv6Message
  /** Relays' envelopes that were opened, at most 8 (HOP_COUNT_LIMIT). */
  relays: number
  /** From the innermost envelope: the client's or next relay's address. */
  peerAddress?: string
  /** Transaction id, 24 bits; 0 where only an envelope could be read. */
  xid: number
  /** DUID, hexadecimal (RFC 8415 section 11). */
  clientDuid?: string
  serverDuid?: string
  /** MAC in the client's DUID (types 1 and 3), else what the relay says (RFC 6939). It may be that of another interface. */
  clientMac?: string
  /** MAC in the server's DUID. */
  serverMac?: string
  /** Of IA_NA and IA_TA. */
  addresses: Dhcpv6Address[]
  /** Delegated prefixes: of IA_PD. */
  prefixes: (Dhcpv6Address & { length: number })[]
  /** 23 (RFC 3646), best first. */
  dnsServers: string[]
  /** 24 (RFC 3646). */
  searchDomains: string[]
  /** 39 (RFC 4704), without a final dot. */
  fqdn?: string
  /** 16, first item. */
  vendorClass?: string
  /** 6: option codes in the client's order. */
  requestedOptions?: number[]
  /** 7: servers with 255 win at once. */
  preference?: number
  /** 13, of the message itself; 0: success. */
  statusCode?: number
}
