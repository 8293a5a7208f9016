/** The schema of what an agent says that hosts said: as much a stranger's text as the packets that it was read from. */
import { DHCP_MESSAGES } from '@netscope/core/observation/dhcp.ts'
import { DHCPV6_MESSAGES } from '@netscope/core/observation/dhcpv6.ts'
import { MAX_DNS_NAMES, MAX_DNS_SAMPLES, MAX_DNS_TYPES } from '@netscope/core/observation/dns.ts'
import { MAX_RECENT } from '@netscope/core/observation/next-hop.ts'
import { DIRECTIONS } from '@netscope/core/slot.ts'
import { MAX_OBSERVATIONS } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import type { TProperties } from 'typebox'
import { count, id } from './json-values.ts'

/** MAC addresses are compared as texts: there is one way to write them. */
const mac = Type.String({ maxLength: 17, pattern: '^(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5})?$' })
/** Longest: eight groups, the last two dotted. */
const address = Type.String({ maxLength: 45, pattern: '^[0-9a-f:.]*$' })
/** The agent's decoders cut at 255 characters (agent/src/observe/wire-text.ts), before escapes. */
const text = Type.String({ maxLength: 1024 })
const hex = Type.String({ maxLength: 1024, pattern: '^[0-9a-f]*$' })
const flag = Type.Boolean()
const many = <T extends Parameters<typeof Type.Array>[0]>(items: T) =>
  Type.Array(items, { maxItems: 256 })
/** As sent: one byte, which may be more than there are bits. */
const bits = Type.Integer({ minimum: 0, maximum: 255 })
const optional = Type.Optional

const shared = {
  timeMs: Type.Number(),
  interface: text,
  ifindex: id,
  vlan: id,
  innerVlan: id,
  direction: Type.Enum([...DIRECTIONS]),
  srcMac: mac,
  dstMac: mac,
}
const packet = { ...shared, src: address, dst: address, incomplete: flag }

const arp = Type.Object({
  ...shared,
  kind: Type.Literal('arp'),
  operation: Type.Enum(['request', 'reply']),
  senderMac: mac,
  senderIp: address,
  targetMac: mac,
  targetIp: address,
  unicast: flag,
  senderMismatch: flag,
  targetMismatch: flag,
  gratuitous: flag,
  probe: flag,
})

const dhcp = Type.Object({
  ...packet,
  kind: Type.Literal('dhcp'),
  message: Type.Enum([...DHCP_MESSAGES]),
  fromServer: flag,
  xid: count,
  clientMac: mac,
  clientIp: address,
  yourIp: address,
  nextServerIp: address,
  relayIp: address,
  serverId: optional(address),
  requestedIp: optional(address),
  leaseSeconds: optional(count),
  subnetMask: optional(address),
  routers: optional(many(address)),
  dnsServers: optional(many(address)),
  staticRoutes: optional(many(Type.Object({ prefix: address, length: bits, gateway: address }))),
  hostName: optional(text),
  domain: optional(text),
  fqdn: optional(text),
  vendorClass: optional(text),
  clientId: optional(hex),
  parameterList: optional(many(id)),
  proxyUrl: optional(text),
})

const lease = { address, preferredSeconds: count, validSeconds: count }
const dhcpv6 = Type.Object({
  ...packet,
  kind: Type.Literal('dhcpv6'),
  message: Type.Enum([...DHCPV6_MESSAGES]),
  relays: id,
  peerAddress: optional(address),
  xid: count,
  clientDuid: optional(hex),
  serverDuid: optional(hex),
  clientMac: optional(mac),
  serverMac: optional(mac),
  addresses: many(Type.Object(lease)),
  prefixes: many(Type.Object({ ...lease, length: bits })),
  dnsServers: many(address),
  searchDomains: many(text),
  fqdn: optional(text),
  vendorClass: optional(text),
  requestedOptions: optional(many(id)),
  preference: optional(count),
  statusCode: optional(count),
})

const name = Type.Object({
  ...packet,
  kind: Type.Literal('name'),
  protocol: Type.Enum(['mDNS', 'LLMNR', 'NBNS']),
  id,
  isResponse: flag,
  questions: many(Type.Object({ name: text, type: id })),
  hosts: many(
    Type.Object({
      name: text,
      addresses: many(address),
      ttlSeconds: count,
      suffix: optional(id),
      group: optional(flag),
    }),
  ),
  services: many(
    Type.Object({
      type: text,
      instance: text,
      host: optional(text),
      port: optional(id),
      text: optional(many(text)),
    }),
  ),
  unitMac: optional(mac),
})

const dns = Type.Object({
  ...shared,
  kind: Type.Literal('dns'),
  sinceMs: Type.Number(),
  client: address,
  server: address,
  domain: text,
  queries: count,
  answers: count,
  nxdomains: count,
  names: count,
  nameDigests: Type.Array(count, { maxItems: MAX_DNS_NAMES }),
  nameChars: count,
  longestNameChars: count,
  nameMillibits: count,
  queryBytes: count,
  answerBytes: count,
  types: Type.Array(Type.Object({ type: id, queries: count }), { maxItems: MAX_DNS_TYPES }),
  samples: Type.Array(text, { maxItems: MAX_DNS_SAMPLES }),
})

const nextHop = Type.Object({
  ...shared,
  kind: Type.Literal('next-hop'),
  mac,
  way: Type.Enum(['to', 'from']),
  family: Type.Enum([4, 6]),
  addresses: count,
  recent: Type.Array(address, { maxItems: MAX_RECENT }),
  movedFrom: mac,
  moved: count,
})

const redirect = Type.Object({ ...packet, kind: Type.Literal('redirect') })

const ndp = {
  ...packet,
  kind: Type.Literal('ndp'),
  hopLimit: id,
  code: id,
  fragmented: flag,
  sourceLinkMac: optional(mac),
  targetLinkMac: optional(mac),
  linkMismatch: flag,
}
const ndpMessage = <M extends string, P extends TProperties>(message: M, fields: P) =>
  Type.Object({ ...ndp, message: Type.Literal(message), ...fields })
const preference = Type.Enum(['low', 'medium', 'high', 'reserved'])
const prefix = { prefix: address, length: bits }

const routerAdvertisement = ndpMessage('RA', {
  advertisedHopLimit: count,
  managed: flag,
  otherConfig: flag,
  homeAgent: flag,
  proxy: flag,
  preference,
  routerLifetimeSeconds: count,
  reachableTimeMs: count,
  retransTimerMs: count,
  mtuBytes: optional(count),
  prefixes: many(
    Type.Object({
      ...prefix,
      onLink: flag,
      autonomous: flag,
      validSeconds: count,
      preferredSeconds: count,
    }),
  ),
  routes: many(Type.Object({ ...prefix, preference, lifetimeSeconds: count })),
  dnsServers: many(Type.Object({ address, lifetimeSeconds: count })),
  searchDomains: many(text),
})

/** What `ObservationBatch` of core/src/wire.ts must look like. */
export const observationSchema = Type.Object({
  observations: Type.Array(
    Type.Union([
      arp,
      dhcp,
      dhcpv6,
      name,
      dns,
      nextHop,
      redirect,
      routerAdvertisement,
      ndpMessage('RS', {}),
      ndpMessage('NS', { target: address, duplicateCheck: flag }),
      ndpMessage('NA', { target: address, router: flag, solicited: flag, override: flag }),
      ndpMessage('redirect', { target: address, destination: address }),
    ]),
    { maxItems: MAX_OBSERVATIONS },
  ),
})
