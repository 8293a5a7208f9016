/** ARP for IPv4 over Ethernet (RFC 826). What Linux ignores (net/ipv4/arp.c: arp_rcv, arp_process) is no observation. */
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'
import { ipv4At, macAt } from './wire-text.ts'

const ARP_BYTES = 28
/** Ethernet and IEEE 802 (RFC 1042), as hosts accept them. */
const HARDWARE_TYPES: ReadonlySet<number> = new Set([1, 6])
const IPV4 = 0x0800
const OPERATIONS: Readonly<Record<number, ArpObservation['operation']>> = {
  1: 'request',
  2: 'reply',
}
const NO_ADDRESS = '0.0.0.0'

/** `at`: where the ARP header begins. */
export const decodeArp = (
  view: DataView,
  at: number,
  shared: ObservationShared,
): ArpObservation | undefined => {
  if (view.byteLength < at + ARP_BYTES) return undefined
  const operation = OPERATIONS[view.getUint16(at + 6)]
  const isOfIpv4 = view.getUint16(at + 2) === IPV4 && view.getUint16(at + 4) === 0x0604
  if (operation === undefined || !isOfIpv4 || !HARDWARE_TYPES.has(view.getUint16(at)))
    return undefined
  const senderMac = macAt(view, at + 8)
  const senderIp = ipv4At(view, at + 14)
  const targetMac = macAt(view, at + 18)
  const targetIp = ipv4At(view, at + 24)
  const unicast = shared.dstMac !== '' && !isGroupMac(shared.dstMac)
  return {
    ...shared,
    kind: 'arp',
    operation,
    senderMac,
    senderIp,
    targetMac,
    targetIp,
    unicast,
    senderMismatch: shared.srcMac !== '' && shared.srcMac !== senderMac,
    targetMismatch: operation === 'reply' && unicast && shared.dstMac !== targetMac,
    gratuitous: senderIp === targetIp && senderIp !== NO_ADDRESS,
    probe: operation === 'request' && senderIp === NO_ADDRESS,
  }
}

/** Broadcast or multicast: the lowest bit of the first byte (IEEE 802). */
const isGroupMac = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1
