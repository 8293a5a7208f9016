/** What was said by DHCP. */
import type { PacketObservation } from './shared-fields.ts'

/** Option 53 (RFC 2132 section 9.6, RFC 3203, RFC 4388). BOOTP: without it; OTHER: any later type. */
export const DHCP_MESSAGES = [
  'BOOTP',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
  'FORCERENEW',
  'LEASEQUERY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
  'OTHER',
] as const
export type DhcpMessage = (typeof DHCP_MESSAGES)[number]

/** DHCP for IPv4 (RFC 2131). Addresses of the header are '' where it has 0.0.0.0; options are absent where it lacks them. */
export interface DhcpObservation extends PacketObservation {
  kind: 'dhcp'
  message: DhcpMessage
  /** BOOTREPLY: by a server or a relay. */
  fromServer: boolean
  /** Chosen by the client: an answer has that of its request. */
  xid: number
  /** chaddr; '' where the hardware is not Ethernet. A client's own frame that differs from srcMac is odd. */
  clientMac: string
  /** ciaddr: the address that the client already uses. */
  clientIp: string
  /** yiaddr: the address that the server gives. */
  yourIp: string
  /** siaddr: where to boot from next. */
  nextServerIp: string
  /** giaddr: the relay. */
  relayIp: string
  /** 54: which server this is from, or for. */
  serverId?: string
  /** 50 */
  requestedIp?: string
  /** 51; 4294967295: for ever. */
  leaseSeconds?: number
  /** 1 */
  subnetMask?: string
  /** 3, best first. */
  routers?: string[]
  /** 6, best first. */
  dnsServers?: string[]
  /** 121: more specific routes, which beat `routers` (RFC 3442). */
  staticRoutes?: { prefix: string; length: number; gateway: string }[]
  /** 12 */
  hostName?: string
  /** 15 */
  domain?: string
  /** 81 (RFC 4702). */
  fqdn?: string
  /** 60: kind and version of the client's program. */
  vendorClass?: string
  /** 61, hexadecimal (RFC 2132 section 9.14). */
  clientId?: string
  /** 55: option codes in the client's order, which tells systems apart. */
  parameterList?: number[]
  /** 252: where to find a proxy (draft-ietf-wrec-wpad). */
  proxyUrl?: string
}
