/** What was said by ARP. */
import type { ObservationShared } from './shared-fields.ts'

/** ARP for IPv4 over Ethernet (RFC 826). Other address families and operations are no observation. */
export interface ArpObservation extends ObservationShared {
  kind: 'arp'
  operation: 'request' | 'reply'
  senderMac: string
  senderIp: string
  /** What the sender wrote, in requests mostly 00:00:00:00:00:00. */
  targetMac: string
  targetIp: string
  /** The frame went to one station: usual for replies, for a request a poll (RFC 1122 section 2.3.2.1) or a trick. */
  unicast: boolean
  /** The frame's source is not the sender in the payload: proxies, bonds, forgery. False where srcMac is ''. */
  senderMismatch: boolean
  /** A reply to one station that is not the target in the payload. */
  targetMismatch: boolean
  /** Sender and target address are the same: an announcement (RFC 5227 section 3, RFC 5944 section 4.6). */
  gratuitous: boolean
  /** A request from 0.0.0.0: is anybody using targetIp? (RFC 5227 section 1.1) */
  probe: boolean
}
