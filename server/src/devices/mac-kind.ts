/** What a MAC address says by its bits (IEEE 802 clause 8, RFC 9542 section 2.1), and by whom it was made up. */

/** One station's; not 00:00:00:00:00:00, which means none. */
export const isStation = (mac: string): boolean =>
  mac.length === 17 && mac !== '00:00:00:00:00:00' && (firstByte(mac) & 1) === 0

/** Given by software, not by a maker: it has no vendor. */
const isLocal = (mac: string): boolean => (firstByte(mac) & 2) !== 0

/** Software that marks the addresses that it gives. */
const MADE_BY: readonly (readonly [prefix: string, name: string])[] = [
  ['52:54:00', 'QEMU virtual machine'],
  ['02:42:', 'Docker container'],
]

/** Addresses of several machines that stand in for each other (RFC 9568 section 7.3; HSRP, GLBP). */
const SHARED: readonly (readonly [prefix: string, protocol: string])[] = [
  ['00:00:5e:00:01:', 'VRRP or CARP'],
  ['00:00:5e:00:02:', 'VRRP'],
  ['00:00:0c:07:ac:', 'HSRP'],
  ['00:00:0c:9f:f', 'HSRP'],
  ['00:07:b4:', 'GLBP'],
]

const nameOf = (table: typeof MADE_BY, mac: string): string =>
  table.find(([prefix]) => mac.startsWith(prefix))?.[1] ?? ''

/** Empty where it is not known. */
export const softwareOf = (mac: string): string => nameOf(MADE_BY, mac)
/** The protocol of a group of routers that share this address; empty: it is one machine's. */
export const sharedBy = (mac: string): string => nameOf(SHARED, mac)

/** A phone or computer that hides its maker, or a virtual machine: another address may be the same device. */
export const isRandomized = (mac: string): boolean => isLocal(mac) && softwareOf(mac) === ''
/** Whether the first half of the address tells the maker. */
export const hasVendor = (mac: string): boolean => mac !== '' && !isLocal(mac)

const firstByte = (mac: string): number => Number.parseInt(mac.slice(0, 2), 16)
