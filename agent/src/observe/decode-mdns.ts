/** Names and services that hosts tell by mDNS with DNS-SD (RFC 6762, RFC 6763) and by LLMNR (RFC 4795). */
import type { NamedHost, NamedService, NameObservation } from '@netscope/core/observation/name.ts'
import type { PacketObservation } from '@netscope/core/observation/shared-fields.ts'
import { readLocalMessage, type LocalRecord } from './multicast-dns.ts'

/** Hosts, services and addresses of a host: the most that a record keeps. */
const MAX_KEPT = 32
const [A, PTR, TXT, AAAA, SRV] = [1, 12, 16, 28, 33]
/** Answers to it name types of services (RFC 6763 section 9). */
const ALL_TYPES = '_services._dns-sd._udp.'
const SERVICE = /^(?:(.+)\.)?(_[^.]+\._(?:tcp|udp))\./i

/** `at` to `end`: the UDP payload. Undefined without a whole header. */
export const decodeMdns = (
  protocol: 'mDNS' | 'LLMNR',
  view: DataView,
  at: number,
  end: number,
  shared: PacketObservation,
): NameObservation | undefined => {
  const message = readLocalMessage(view, at, end)
  if (message === undefined) return undefined
  const { id, isResponse, questions, records } = message
  const hosts = new Map<string, NamedHost>()
  const services = new Map<string, NamedService>()
  const allKept = records.map((record) => keep(record, hosts, services)).every(Boolean)
  return {
    ...shared,
    kind: 'name',
    protocol,
    id,
    isResponse,
    questions,
    hosts: [...hosts.values()],
    services: [...services.values()],
    incomplete: shared.incomplete || message.incomplete || !allKept,
  }
}

const keep = (
  record: LocalRecord,
  hosts: Map<string, NamedHost>,
  services: Map<string, NamedService>,
): boolean => {
  const { name, type, data } = record
  if (type === A || type === AAAA) return keepAddress(record, hosts)
  if (type === PTR && name.toLowerCase().startsWith(ALL_TYPES))
    return serviceOf(data, services) !== 'full'
  if (type === PTR) return serviceOf(SERVICE.test(name) ? data : undefined, services) !== 'full'
  if (type !== SRV && type !== TXT) return true
  const service = serviceOf(name, services)
  if (service === undefined || service === 'full') return service === undefined
  if (data !== undefined) service.host = plain(data)
  if (record.port !== undefined) service.port = record.port
  if (record.text !== undefined && record.text.length > 0) service.text = record.text
  return true
}

const keepAddress = (
  { name, ttlSeconds, data }: LocalRecord,
  hosts: Map<string, NamedHost>,
): boolean => {
  const key = name.toLowerCase()
  let host = hosts.get(key)
  if (host === undefined) {
    if (hosts.size === MAX_KEPT) return false
    host = { name: plain(name), addresses: [], ttlSeconds }
    hosts.set(key, host)
  }
  if (data === undefined || host.addresses.includes(data)) return true
  if (host.addresses.length === MAX_KEPT) return false
  host.addresses.push(data)
  return true
}

/** The service of `name`, `instance._type._tcp.local` or without an instance; undefined for other names. */
const serviceOf = (
  name: string | undefined,
  services: Map<string, NamedService>,
): NamedService | undefined | 'full' => {
  const match = name === undefined ? null : SERVICE.exec(`${name}.`)
  if (match === null) return undefined
  const [key, instance = '', type = ''] = match
  const known = services.get(key.toLowerCase())
  if (known) return known
  if (services.size === MAX_KEPT) return 'full'
  const service = { type: type.toLowerCase(), instance: plain(instance) }
  services.set(key.toLowerCase(), service)
  return service
}

/** Without the escapes of labels. */
const plain = (name: string): string => name.replace(/\\([.\\])/g, '$1')
