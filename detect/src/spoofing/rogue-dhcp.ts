/** DHCP servers that send clients elsewhere than the server of the link does, of both families. */
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { Dhcpv6Observation } from '@netscope/core/observation/dhcpv6.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind } from '../detector.ts'
import { createFrameCopies } from './frame-copies.ts'
import { linkOf } from './link-scope.ts'

/** Whoever names gateway and DNS server reads and alters all that new clients do. */
const SEVERITY = 80
const QUIET_MS = 3_600_000
const MAX_LINKS = 1024
const MAX_SERVERS = 16
const NONE = 'none'
const SERVER_MESSAGES = new Set(['ADVERTISE', 'REPLY'])

/** Where it sends its clients, as texts. */
interface Given {
  gateway: string
  dns: string
}
type Servers = Map<string, Given>

export const rogueDhcpKind: DetectorKind = {
  name: 'rogue-dhcp',
  version: 1,
  description:
    'A second DHCP server that names another gateway or other DNS servers than the first one, or one that gives link-local addresses by DHCPv6.',
  techniques: ['T1557.003'],
  create(_, deps) {
    const links = createBoundedMap<string, Servers>(MAX_LINKS)
    const isCopy = createFrameCopies()
    return {
      observation(seen, agent) {
        const offer =
          seen.kind === 'dhcp' ? offerOf(seen) : seen.kind === 'dhcpv6' ? offer6Of(seen) : undefined
        if (!offer) return
        const key = `${seen.kind} ${linkOf(seen, agent)}`
        let servers = links.get(key)
        if (!servers) links.set(key, (servers = new Map()))
        const rivals = rivalsOf(servers, offer)
        const isNew = !isCopy(`${offer.server} ${offer.client} ${offer.message}`, key, seen.timeMs)
        if (rivals || offer.isAbsurd) report(deps, offer, rivals, agent, isNew ? 1 : 0)
      },
    }
  },
}

interface Offer {
  server: string
  ip: string
  mac: string
  client: string
  message: string
  given: Given
  timeMs: number
  isAbsurd: boolean
}

/** A boot server (PXE) gives no address and is none of these. */
const offerOf = (seen: DhcpObservation): Offer | undefined => {
  if (
    !seen.fromServer ||
    seen.yourIp === '' ||
    (seen.message !== 'OFFER' && seen.message !== 'ACK')
  )
    return undefined
  const routers = [
    ...(seen.routers ?? []),
    ...(seen.staticRoutes ?? []).map(({ gateway }) => gateway),
  ]
  return {
    server: seen.serverId ?? seen.src,
    ip: seen.src,
    mac: seen.srcMac,
    client: seen.clientMac,
    message: seen.message,
    given: { gateway: listed(routers), dns: listed(seen.dnsServers ?? []) },
    timeMs: seen.timeMs,
    isAbsurd: false,
  }
}

const offer6Of = (seen: Dhcpv6Observation): Offer | undefined => {
  if (!SERVER_MESSAGES.has(seen.message) || seen.serverDuid === undefined) return undefined
  if (seen.addresses.length === 0 && seen.dnsServers.length === 0) return undefined
  return {
    server: seen.serverDuid,
    ip: seen.src,
    mac: seen.srcMac,
    client: seen.clientMac ?? '',
    message: seen.message,
    given: { gateway: NONE, dns: listed(seen.dnsServers) },
    timeMs: seen.timeMs,
    // Hosts make these themselves: they serve only to be the DNS server of hosts without IPv6.
    isAbsurd: seen.addresses.some(({ address }) => address.startsWith('fe80:')),
  }
}

const listed = (addresses: readonly string[]): string =>
  [...new Set(addresses)].toSorted().slice(0, 16).join(' ') || NONE

/** Who names nobody leads nobody astray, nor who names the same gateway, and DNS servers where the other has none to name. */
const agrees = (one: Given, other: Given): boolean =>
  (one.gateway === NONE || one.gateway === other.gateway) &&
  (one.dns === NONE || one.dns === other.dns || (other.dns === NONE && one.gateway !== NONE))

const inWords = ({ gateway, dns }: Given): string => `gateway ${gateway}, DNS ${dns}`

/** What earlier servers give that differs; undefined: no contradiction. The first one on a link is believed. */
const rivalsOf = (servers: Servers, { server, given }: Offer): string | undefined => {
  const before = [...servers].filter(([other]) => other !== server)
  const isFirst = servers.size === 0 || servers.keys().next().value === server
  if (servers.has(server) || servers.size < MAX_SERVERS) servers.set(server, given)
  if (isFirst || before.length === 0 || before.some(([, other]) => agrees(given, other)))
    return undefined
  return before
    .slice(0, 3)
    .map(([other, theirs]) => `${other} (${inWords(theirs)})`)
    .join(', ')
}

const report = (
  deps: DetectorDeps,
  offer: Offer,
  rivals: string | undefined,
  agent: string,
  count: number,
): void =>
  deps.report({
    key: offer.server,
    title: `${offer.ip} acts as a DHCP server of its own`,
    severity: SEVERITY,
    confidence: 0.85,
    technique: 'T1557.003',
    timeMs: offer.timeMs,
    agent,
    source: { ip: offer.ip, ...(offer.mac && { mac: offer.mac }) },
    target: offer.client ? { mac: offer.client } : {},
    direction: 'internal',
    count,
    evidence: {
      reason: rivals
        ? `it gives ${inWords(offer.given)}, unlike ${rivals}`
        : `it gives link-local addresses and ${inWords(offer.given)}`,
      facts: [
        { name: 'gives', value: inWords(offer.given) },
        ...(rivals ? [{ name: 'known servers', value: rivals }] : []),
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
