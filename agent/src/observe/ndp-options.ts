/** Options of Neighbor Discovery messages (RFC 4861 section 4.6, RFC 4191, RFC 8106). */
import type { NdpPrefix, NdpRoute, RouterPreference } from '@netscope/core/observation/ndp.ts'
import { readDomainNames } from './domain-names.ts'
import { ipv6At, macAt } from './wire-text.ts'

/** Of each kind; more than any network has, and the most that a record keeps. */
const MAX_KEPT = 32
const PREFERENCES: readonly RouterPreference[] = ['medium', 'high', 'reserved', 'low']

/** Two bits, as signed as RFC 4191 section 2.1 has them. */
export const routerPreference = (flags: number): RouterPreference =>
  PREFERENCES[(flags >> 3) & 3] ?? 'reserved'

export interface NdpOptions {
  sourceLinkMac?: string
  targetLinkMac?: string
  mtuBytes?: number
  prefixes: NdpPrefix[]
  routes: NdpRoute[]
  dnsServers: { address: string; lifetimeSeconds: number }[]
  searchDomains: string[]
  /** An option is cut off, too short for its type, or more than we keep. */
  incomplete: boolean
}

/** Reads one option at `at` that ends before `end`, both with its header; false if it is malformed or not kept. */
type OptionReader = (view: DataView, at: number, end: number, into: NdpOptions) => boolean

/** `cutOff`: bytes are missing that hosts have seen. Undefined where hosts ignore the message. */
export const readNdpOptions = (
  view: DataView,
  from: number,
  end: number,
  cutOff: boolean,
): NdpOptions | undefined => {
  const options: NdpOptions = {
    prefixes: [],
    routes: [],
    dnsServers: [],
    searchDomains: [],
    incomplete: cutOff,
  }
  for (let at = from; at < end;) {
    const length = at + 2 > end ? -1 : view.getUint8(at + 1) * 8
    // RFC 4861 section 4.6: nodes discard a message with such an option.
    if (length === 0) return undefined
    if (length < 0 || at + length > end) return cutOff ? options : undefined
    const read = READERS[view.getUint8(at)]
    if (read && !read(view, at, at + length, options)) options.incomplete = true
    at += length
  }
  return options
}

/** Longer ones are of links with longer addresses. */
const linkMac = (view: DataView, at: number, end: number): string | undefined =>
  end - at === 8 ? macAt(view, at + 2) : undefined

const readSource: OptionReader = (view, at, end, into) => {
  const mac = linkMac(view, at, end)
  if (mac !== undefined) into.sourceLinkMac ??= mac
  return mac !== undefined
}

const readTarget: OptionReader = (view, at, end, into) => {
  const mac = linkMac(view, at, end)
  if (mac !== undefined) into.targetLinkMac ??= mac
  return mac !== undefined
}

const readPrefix: OptionReader = (view, at, end, into) => {
  if (end - at < 32 || into.prefixes.length === MAX_KEPT) return false
  const flags = view.getUint8(at + 3)
  into.prefixes.push({
    prefix: ipv6At(view, at + 16),
    length: view.getUint8(at + 2),
    onLink: (flags & 0x80) !== 0,
    autonomous: (flags & 0x40) !== 0,
    validSeconds: view.getUint32(at + 4),
    preferredSeconds: view.getUint32(at + 8),
  })
  return true
}

const readMtu: OptionReader = (view, at, _end, into) => {
  into.mtuBytes = view.getUint32(at + 4)
  return true
}

/** RFC 4191 section 2.3: of the prefix only as many bytes are sent as its length needs. */
const readRoute: OptionReader = (view, at, end, into) => {
  if (end - at > 24 || into.routes.length === MAX_KEPT) return false
  const prefix = new DataView(new ArrayBuffer(16))
  for (let i = 0; i < end - at - 8; i++) prefix.setUint8(i, view.getUint8(at + 8 + i))
  into.routes.push({
    prefix: ipv6At(prefix, 0),
    length: view.getUint8(at + 2),
    preference: routerPreference(view.getUint8(at + 3)),
    lifetimeSeconds: view.getUint32(at + 4),
  })
  return true
}

const readDnsServers: OptionReader = (view, at, end, into) => {
  let address = at + 8
  for (; address + 16 <= end && into.dnsServers.length < MAX_KEPT; address += 16)
    into.dnsServers.push({
      address: ipv6At(view, address),
      lifetimeSeconds: view.getUint32(at + 4),
    })
  return address === end && end - at >= 24
}

const readSearchDomains: OptionReader = (view, at, end, into) => {
  const { names, complete } = readDomainNames(view, at + 8, end, MAX_KEPT)
  into.searchDomains.push(...names.slice(0, MAX_KEPT - into.searchDomains.length))
  return complete
}

const READERS: Readonly<Record<number, OptionReader>> = {
  1: readSource,
  2: readTarget,
  3: readPrefix,
  5: readMtu,
  24: readRoute,
  25: readDnsServers,
  31: readSearchDomains,
}
