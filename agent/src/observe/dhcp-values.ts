/** What the options of a DHCP message mean (RFC 2132). */
import { DHCP_MESSAGES, type DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import { readDomainNames } from './domain-names.ts'
import { hexOf, ipv4At, textAt } from './wire-text.ts'

/** Addresses and routes of a list; the most that a record keeps. */
const MAX_KEPT = 32
/** Codes of the parameter list: each once would be 254. */
const MAX_CODES = 255
/** Longest client id that a record keeps: type, IAID and the longest DUID (RFC 4361, RFC 8415 section 11.1). */
const MAX_ID_BYTES = 135

type Values = Partial<DhcpObservation>

/** Reads one option's bytes; false if they are malformed or more than we keep. */
type ValueReader = (value: DataView, into: Values) => boolean

export const readDhcpValues = (
  options: ReadonlyMap<number, DataView>,
): { values: Values; malformed: boolean } => {
  const values: Values = {}
  let malformed = false
  for (const [code, read] of READERS) {
    const value = options.get(code)
    if (value && !read(value, values)) malformed = true
  }
  return { values, malformed }
}

const readMessage: ValueReader = (value, into) => {
  if (value.byteLength !== 1) return false
  const type = value.getUint8(0)
  into.message = type === 0 ? 'OTHER' : (DHCP_MESSAGES[type] ?? 'OTHER')
  return true
}

const readLease: ValueReader = (value, into) => {
  if (value.byteLength !== 4) return false
  into.leaseSeconds = value.getUint32(0)
  return true
}

const address =
  (field: 'serverId' | 'requestedIp' | 'subnetMask'): ValueReader =>
  (value, into) => {
    if (value.byteLength !== 4) return false
    into[field] = ipv4At(value, 0)
    return true
  }

const addresses =
  (field: 'routers' | 'dnsServers'): ValueReader =>
  (value, into) => {
    const list: string[] = []
    let at = 0
    for (; at + 4 <= value.byteLength && list.length < MAX_KEPT; at += 4)
      list.push(ipv4At(value, at))
    into[field] = list
    return at > 0 && at === value.byteLength
  }

const text =
  (field: 'hostName' | 'domain' | 'vendorClass' | 'proxyUrl'): ValueReader =>
  (value, into) => {
    into[field] = textAt(value, 0, value.byteLength)
    return true
  }

/** Of each route the bits of its prefix, as many bytes of it as they need, and the gateway (RFC 3442). */
const readRoutes: ValueReader = (value, into) => {
  const routes: NonNullable<Values['staticRoutes']> = []
  into.staticRoutes = routes
  for (let at = 0; at < value.byteLength;) {
    const length = value.getUint8(at)
    const bytes = Math.ceil(length / 8)
    if (length > 32 || at + 5 + bytes > value.byteLength || routes.length === MAX_KEPT) return false
    const prefix = new DataView(new ArrayBuffer(4))
    for (let i = 0; i < bytes; i++) prefix.setUint8(i, value.getUint8(at + 1 + i))
    routes.push({ prefix: ipv4At(prefix, 0), length, gateway: ipv4At(value, at + 1 + bytes) })
    at += 5 + bytes
  }
  return true
}

const [FQDN_HEADER_BYTES, FQDN_IS_WIRE_FORM] = [3, 4]

/** Flags, two codes that nobody uses, and the name: as text, or as in DNS (RFC 4702 section 2). */
const readFqdn: ValueReader = (value, into) => {
  if (value.byteLength < FQDN_HEADER_BYTES) return false
  const isWireForm = (value.getUint8(0) & FQDN_IS_WIRE_FORM) !== 0
  if (!isWireForm) {
    into.fqdn = textAt(value, FQDN_HEADER_BYTES, value.byteLength)
    return true
  }
  const { names, complete } = readDomainNames(value, FQDN_HEADER_BYTES, value.byteLength, 1)
  into.fqdn = names[0] ?? ''
  return complete
}

const readClientId: ValueReader = (value, into) => {
  into.clientId = hexOf(value, 0, Math.min(MAX_ID_BYTES, value.byteLength))
  return value.byteLength <= MAX_ID_BYTES
}

const readParameterList: ValueReader = (value, into) => {
  const length = Math.min(MAX_CODES, value.byteLength)
  into.parameterList = Array.from({ length }, (_, i) => value.getUint8(i))
  return length === value.byteLength
}

const READERS: readonly [code: number, ValueReader][] = [
  [1, address('subnetMask')],
  [3, addresses('routers')],
  [6, addresses('dnsServers')],
  [12, text('hostName')],
  [15, text('domain')],
  [50, address('requestedIp')],
  [51, readLease],
  [53, readMessage],
  [54, address('serverId')],
  [55, readParameterList],
  [60, text('vendorClass')],
  [61, readClientId],
  [81, readFqdn],
  [121, readRoutes],
  [252, text('proxyUrl')],
]
