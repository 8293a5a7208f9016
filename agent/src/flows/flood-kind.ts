/**
 * What floods are made of: flows of a few packets that came to nothing. Everything here reads slots in place, without an
 * object or an allocation per flow.
 */
import { KEY } from '@netscope/core/slot.ts'
import { isAmplifier } from '@netscope/detect/floods/amplifiers.ts'
import {
  IFINDEX,
  JUDGED,
  KEY_AT,
  LO_ADDRESS,
  PACKETS,
  PORTS,
  PROTOCOL,
  RST,
  SYN,
  SYN_ACK,
} from './slot-words.ts'

/** No flow of a flood. */
export const NO_KIND = 0
/** A connection whose client has never said more than SYN, whatever it was answered. */
const OPENING = 1
/** A SYN-ACK to which there was no SYN. */
const REFLECTED_OPENING = 2
/** TCP of no connection that we know: ACK, RST or FIN. */
const STRAY = 3
const UDP_PACKETS = 4
/** From the port of a service that answers with more than it is asked. */
const REFLECTED_UDP = 5
const ICMP_PACKETS = 6
const FRAGMENTS = 7
const OTHER = 8

/** Packets of the sender: a forged one sends one, a client tries three times in as many seconds. */
const FEW = 3
const [TCP, UDP, ICMP, ICMPV6] = [6, 17, 1, 58]

/** Side of the flow at word `at` that sent first. */
export const clientOf = (slots: Uint32Array, at: number): 0 | 1 =>
  ((slots[at + JUDGED]! >>> 8) & 0xff) === 0 ? 0 : 1

/** Kind of the flow at word `at`; NO_KIND as soon as it is an exchange, or long. */
export const floodKind = (slots: Uint32Array, at: number): number => {
  const client = clientOf(slots, at)
  const packets = slots[at + PACKETS + 2 * client]!
  if (packets === 0 || packets > FEW) return NO_KIND
  if ((slots[at + PACKETS + 1]! | slots[at + PACKETS + 3]!) !== 0) return NO_KIND
  const answers = slots[at + PACKETS + 2 - 2 * client]!
  const word = slots[at + PROTOCOL]!
  const protocol = word & 0xff
  if ((word & 0xff00) !== 0) return answers === 0 ? FRAGMENTS : NO_KIND
  if (protocol === TCP) return tcpKind(slots, at, client, packets, answers)
  if (protocol === ICMP || protocol === ICMPV6) return answers <= packets ? ICMP_PACKETS : NO_KIND
  if (answers !== 0) return NO_KIND
  if (protocol !== UDP) return OTHER
  return isAmplifier(portOf(slots, at, client)) ? REFLECTED_UDP : UDP_PACKETS
}

const tcpKind = (
  slots: Uint32Array,
  at: number,
  client: 0 | 1,
  packets: number,
  answers: number,
): number => {
  const syn = slots[at + SYN + client]!
  const rst = slots[at + RST + client]!
  if (syn > 0) return packets <= syn + rst ? OPENING : NO_KIND
  if (answers > slots[at + RST + 1 - client]!) return NO_KIND
  const synAck = slots[at + SYN_ACK + client]!
  if (synAck > 0) return packets <= synAck + rst ? REFLECTED_OPENING : NO_KIND
  return STRAY
}

const other = (side: 0 | 1): 0 | 1 => (side === 0 ? 1 : 0)

export const portOf = (slots: Uint32Array, at: number, side: 0 | 1): number =>
  (slots[at + PORTS]! >>> (16 * side)) & 0xffff

/** Words of a victim's key: its address, interface, VLANs, protocol, and what `describe` says. */
export const VICTIM_WORDS = 8
const DESCRIPTION = 7
const VLANS = KEY.vlan / 4
/** Of the description: whatever the port. */
const ANY_PORT = 2 ** 31

/**
 * Writes the key of the victim of the flow at word `at`. What the totals keep apart, verdict and path, is apart here too.
 * The port is the victim's, or that of the service whose answers it gets.
 */
export const writeVictim = (
  slots: Uint32Array,
  at: number,
  kind: number,
  anyPort: boolean,
  into: Uint32Array,
): void => {
  const client = clientOf(slots, at)
  const address = at + LO_ADDRESS + 4 * (1 - client)
  for (let i = 0; i < 4; i++) into[i] = slots[address + i]!
  into[4] = slots[at + IFINDEX]!
  into[5] = slots[at + KEY_AT + VLANS]!
  into[6] = slots[at + PROTOCOL]!
  const judged = slots[at + JUDGED]!
  const path = (judged >>> (16 + 8 * client)) & 7
  const isReflected = kind === REFLECTED_OPENING || kind === REFLECTED_UDP
  const isOfClient = isReflected || kind === ICMP_PACKETS
  const port = anyPort ? ANY_PORT : portOf(slots, at, isOfClient ? client : other(client))
  into[DESCRIPTION] = (port | (kind << 16) | ((judged & 3) << 20) | (path << 22)) >>> 0
}

export const isOfAnyPort = (key: Uint32Array): boolean => key[DESCRIPTION]! >= ANY_PORT
/** Of a victim's key: whether what comes to it goes out here. */
export const isEgress = (key: Uint32Array): boolean => ((key[DESCRIPTION]! >>> 22) & 2) !== 0
export const protocolOf = (key: Uint32Array): number => key[6]! & 0xff
