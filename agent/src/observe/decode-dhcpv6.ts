/** DHCPv6 (RFC 8415), also in the envelopes of relays (section 9). */
import { DHCPV6_MESSAGES, type Dhcpv6Observation } from '@netscope/core/observation/dhcpv6.ts'
import type { PacketObservation } from '@netscope/core/observation/shared-fields.ts'
import { noDhcpv6Values, readDhcpv6Options, walkDhcpv6Options } from './dhcpv6-options.ts'
import { ipv6At, macAt } from './wire-text.ts'

const [RELAY_FORW, RELAY_REPL] = [12, 13]
const [MESSAGE_HEADER_BYTES, ENVELOPE_HEADER_BYTES] = [4, 34]
const [RELAY_MESSAGE, CLIENT_LINK_ADDRESS] = [9, 79]
/** HOP_COUNT_LIMIT (RFC 8415 section 7.6). */
const MAX_RELAYS = 8

/** What the envelopes say, and where the innermost message begins and ends. */
interface Opened {
  at: number
  end: number
  relays: number
  peerAddress?: string
  /** RFC 6939 */
  clientMac?: string
  complete: boolean
}

/** `at` to `end`: the UDP payload. Undefined where it is too short. */
export const decodeDhcpv6 = (
  view: DataView,
  at: number,
  end: number,
  shared: PacketObservation,
): Dhcpv6Observation | undefined => {
  if (end - at < MESSAGE_HEADER_BYTES) return undefined
  const opened = openEnvelopes(view, at, end)
  if (opened === undefined) return undefined
  const { relays, peerAddress, clientMac, complete } = opened
  const type = view.getUint8(opened.at)
  const isMessage = type !== RELAY_FORW && type !== RELAY_REPL
  const values = noDhcpv6Values()
  const isWhole =
    isMessage &&
    readDhcpv6Options(view, opened.at + MESSAGE_HEADER_BYTES, opened.end, values) &&
    complete
  return {
    ...shared,
    kind: 'dhcpv6',
    message: DHCPV6_MESSAGES[type] ?? 'OTHER',
    relays,
    ...(peerAddress !== undefined && { peerAddress }),
    xid: isMessage ? view.getUint32(opened.at) & 0xffffff : 0,
    ...(clientMac !== undefined && { clientMac }),
    ...values,
    incomplete: shared.incomplete || !isWhole,
  }
}

const openEnvelopes = (view: DataView, from: number, to: number): Opened | undefined => {
  const opened: Opened = { at: from, end: to, relays: 0, complete: true }
  while (isEnvelope(view.getUint8(opened.at)) && opened.relays < MAX_RELAYS) {
    const { at, end } = opened
    if (end - at < ENVELOPE_HEADER_BYTES) return opened.relays === 0 ? undefined : opened
    let inner: { at: number; end: number } | undefined
    const readOption = (code: number, data: number, next: number): boolean => {
      if (code === RELAY_MESSAGE) inner ??= { at: data, end: next }
      if (code === CLIENT_LINK_ADDRESS) Object.assign(opened, linkAddress(view, data, next))
      return true
    }
    const whole = walkDhcpv6Options(view, at + ENVELOPE_HEADER_BYTES, end, readOption)
    opened.complete &&= whole
    opened.relays++
    opened.peerAddress = ipv6At(view, at + 18)
    if (inner === undefined || inner.end - inner.at < MESSAGE_HEADER_BYTES) return opened
    Object.assign(opened, inner)
  }
  return opened
}

const isEnvelope = (type: number): boolean => type === RELAY_FORW || type === RELAY_REPL

/** Link-layer type and address. */
const linkAddress = (view: DataView, at: number, end: number): { clientMac?: string } =>
  end - at === 8 && view.getUint16(at) === 1 ? { clientMac: macAt(view, at + 2) } : {}
