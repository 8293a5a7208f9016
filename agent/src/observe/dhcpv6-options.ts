/** Options of a DHCPv6 message (RFC 8415 section 21). */
import type { Dhcpv6Address, Dhcpv6Observation } from '@netscope/core/observation/dhcpv6.ts'
import { readDomainNames } from './domain-names.ts'
import { hexOf, ipv6At, macAt, textAt } from './wire-text.ts'

/** Of each list; the most that a record keeps. */
const MAX_KEPT = 32
const MAX_CODES = 255
/** RFC 8415 section 11.1. */
const MAX_DUID_BYTES = 130
const HEADER_BYTES = 4

type Dhcpv6Values = Pick<
  Dhcpv6Observation,
  'addresses' | 'prefixes' | 'dnsServers' | 'searchDomains'
> &
  Partial<Dhcpv6Observation>

/** Reads the data of an option from `at` to `end`; false if they are malformed or more than we keep. */
type OptionReader = (view: DataView, at: number, end: number, into: Dhcpv6Values) => boolean

export const noDhcpv6Values = (): Dhcpv6Values => ({
  addresses: [],
  prefixes: [],
  dnsServers: [],
  searchDomains: [],
})

/** Calls `read` with every whole option; returns whether all were whole, and read. */
export const walkDhcpv6Options = (
  view: DataView,
  from: number,
  end: number,
  read: (code: number, at: number, end: number) => boolean,
): boolean => {
  let complete = true
  for (let at = from; at < end;) {
    if (at + HEADER_BYTES > end) return false
    const data = at + HEADER_BYTES
    const next = data + view.getUint16(at + 2)
    if (next > end) return false
    complete = read(view.getUint16(at), data, next) && complete
    at = next
  }
  return complete
}

/** Reads the options of a message that is no envelope. */
export const readDhcpv6Options: OptionReader = (view, from, end, into) =>
  walkDhcpv6Options(
    view,
    from,
    end,
    (code, at, next) => READERS[code]?.(view, at, next, into) ?? true,
  )

/** Types 1 and 3 end with the address of a link; of Ethernet it is a MAC (RFC 8415 sections 11.2 and 11.4). */
const macOfDuid = (view: DataView, at: number, end: number): string | undefined => {
  const macAtByte = end - at >= 4 ? MAC_IN_DUID[view.getUint16(at)] : undefined
  const isMac =
    macAtByte !== undefined && end - at === macAtByte + 6 && view.getUint16(at + 2) === 1
  return isMac ? macAt(view, at + macAtByte) : undefined
}
const MAC_IN_DUID: Readonly<Record<number, number>> = { 1: 8, 3: 4 }

const duid =
  (idField: 'clientDuid' | 'serverDuid', macField: 'clientMac' | 'serverMac'): OptionReader =>
  (view, at, end, into) => {
    const mac = macOfDuid(view, at, end)
    if (mac !== undefined) into[macField] = mac
    into[idField] = hexOf(view, at, Math.min(end, at + MAX_DUID_BYTES))
    return end > at && end - at <= MAX_DUID_BYTES
  }

/** IA_NA and IA_PD begin with IAID, T1, T2; IA_TA with its IAID only. */
const association =
  (headerBytes: number): OptionReader =>
  (view, at, end, into) =>
    at + headerBytes <= end &&
    walkDhcpv6Options(view, at + headerBytes, end, (code, from, next) => {
      if (code === IA_ADDRESS) return readAddress(view, from, next, into)
      return code === IA_PREFIX ? readPrefix(view, from, next, into) : true
    })
const [IA_ADDRESS, IA_PREFIX] = [5, 26]

const lifetimes = (view: DataView, at: number): Omit<Dhcpv6Address, 'address'> => ({
  preferredSeconds: view.getUint32(at),
  validSeconds: view.getUint32(at + 4),
})

const readAddress: OptionReader = (view, at, end, { addresses }) => {
  if (end - at < 24 || addresses.length === MAX_KEPT) return false
  addresses.push({ address: ipv6At(view, at), ...lifetimes(view, at + 16) })
  return true
}

const readPrefix: OptionReader = (view, at, end, { prefixes }) => {
  if (end - at < 25 || prefixes.length === MAX_KEPT) return false
  prefixes.push({
    address: ipv6At(view, at + 9),
    length: view.getUint8(at + 8),
    ...lifetimes(view, at),
  })
  return true
}

const readRequested: OptionReader = (view, at, end, into) => {
  const length = Math.min(MAX_CODES, (end - at) >> 1)
  into.requestedOptions = Array.from({ length }, (_, i) => view.getUint16(at + 2 * i))
  return at + 2 * length === end
}

const readPreference: OptionReader = (view, at, end, into) => {
  if (end - at !== 1) return false
  into.preference = view.getUint8(at)
  return true
}

const readStatus: OptionReader = (view, at, end, into) => {
  if (end - at < 2) return false
  into.statusCode = view.getUint16(at)
  return true
}

/** Enterprise number, then items with a length each. */
const readVendorClass: OptionReader = (view, at, end, into) => {
  if (end - at < 6) return false
  const next = at + 6 + view.getUint16(at + 4)
  if (next > end) return false
  into.vendorClass = textAt(view, at + 6, next)
  return true
}

const readDnsServers: OptionReader = (view, at, end, { dnsServers }) => {
  let address = at
  for (; address + 16 <= end && dnsServers.length < MAX_KEPT; address += 16)
    dnsServers.push(ipv6At(view, address))
  return address === end
}

const readSearchDomains: OptionReader = (view, at, end, { searchDomains }) => {
  const { names, complete } = readDomainNames(view, at, end, MAX_KEPT - searchDomains.length)
  searchDomains.push(...names)
  return complete
}

/** Flags, then a name as in DNS, without its end where it is only a host name. */
const readFqdn: OptionReader = (view, at, end, into) => {
  const { names, complete } = readDomainNames(view, at + 1, end, 1)
  if (names[0] !== undefined) into.fqdn = names[0]
  return complete && end > at
}

const READERS: Readonly<Record<number, OptionReader>> = {
  1: duid('clientDuid', 'clientMac'),
  2: duid('serverDuid', 'serverMac'),
  3: association(12),
  4: association(4),
  6: readRequested,
  7: readPreference,
  13: readStatus,
  16: readVendorClass,
  23: readDnsServers,
  24: readSearchDomains,
  25: association(12),
  39: readFqdn,
}
