/** DHCP for IPv4 (RFC 2131), and BOOTP (RFC 951) in the same form. */
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { PacketObservation } from '@netscope/core/observation/shared-fields.ts'
import { readDhcpOptions } from './dhcp-options.ts'
import { readDhcpValues } from './dhcp-values.ts'
import { ipv4At, macAt } from './wire-text.ts'

const HEADER_BYTES = 240
const COOKIE_AT = 236
const COOKIE = 0x63825363
const [BOOTREQUEST, BOOTREPLY] = [1, 2]
/** Hardware type 1, addresses of 6 bytes. */
const ETHERNET = 0x0106

/** `at` to `end`: the UDP payload. Undefined where it is no DHCP message. */
export const decodeDhcp = (
  view: DataView,
  at: number,
  end: number,
  shared: PacketObservation,
): DhcpObservation | undefined => {
  if (end - at < HEADER_BYTES || view.getUint32(at + COOKIE_AT) !== COOKIE) return undefined
  const operation = view.getUint8(at)
  if (operation !== BOOTREQUEST && operation !== BOOTREPLY) return undefined
  const options = readDhcpOptions(view, at, end)
  const { values, malformed } = readDhcpValues(options.values)
  return {
    ...shared,
    kind: 'dhcp',
    message: 'BOOTP',
    fromServer: operation === BOOTREPLY,
    xid: view.getUint32(at + 4),
    clientMac: view.getUint16(at + 1) === ETHERNET ? macAt(view, at + 28) : '',
    clientIp: addressOrNone(view, at + 12),
    yourIp: addressOrNone(view, at + 16),
    nextServerIp: addressOrNone(view, at + 20),
    relayIp: addressOrNone(view, at + 24),
    ...values,
    incomplete: shared.incomplete || options.incomplete || malformed,
  }
}

const addressOrNone = (view: DataView, at: number): string =>
  view.getUint32(at) === 0 ? '' : ipv4At(view, at)
