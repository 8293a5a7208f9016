/** Tests of what single observations say. */
import type { Dhcpv6Observation } from '@netscope/core/observation/dhcpv6.ts'
import type { NameObservation } from '@netscope/core/observation/name.ts'
import { expect, test } from 'vitest'
import { said } from '../book-rig.ts'
import { factsOf } from './facts-of.ts'

const [CLIENT, SERVER] = ['3c:22:fb:00:00:01', '3c:22:fb:00:00:02']

const dhcpv6 = (given: Partial<Dhcpv6Observation>): Dhcpv6Observation => ({
  kind: 'dhcpv6',
  timeMs: 0,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: SERVER,
  dstMac: CLIENT,
  src: 'fe80::2',
  dst: 'fe80::1',
  incomplete: false,
  message: 'REPLY',
  relays: 0,
  xid: 1,
  addresses: [],
  prefixes: [],
  dnsServers: [],
  searchDomains: [],
  ...given,
})

test('a DHCP server gives an address, a subnet, and names routers and DNS servers', () => {
  const facts = factsOf(
    said.lease(CLIENT, '10.0.0.9', {
      serverId: '10.0.0.1',
      subnetMask: '255.255.240.0',
      routers: ['10.0.0.1'],
      dnsServers: ['10.0.0.53'],
      hostName: 'box',
      fqdn: 'box.example.com',
    }),
  )
  expect(facts).toEqual([
    { kind: 'binding', mac: CLIENT, ip: '10.0.0.9', sure: true },
    { kind: 'name', of: { mac: CLIENT }, name: 'box.example.com', source: 'dhcp' },
    { kind: 'subnet', prefix: '10.0.0.9', length: 20 },
    expect.objectContaining({ of: { ip: '10.0.0.1' }, role: 'DHCP server' }),
    expect.objectContaining({ of: { ip: '10.0.0.1' }, role: 'router' }),
    expect.objectContaining({ of: { ip: '10.0.0.53' }, role: 'DNS server' }),
  ])
})

test.each(['255.0.255.0', '255.255.255', 'x', ''])('%s is no mask', (subnetMask) => {
  const facts = factsOf(said.lease(CLIENT, '10.0.0.9', { subnetMask }))
  expect(facts.filter(({ kind }) => kind === 'subnet')).toEqual([])
})

test('an offer gives no address yet, and a refusal nothing', () => {
  const offer = factsOf(said.lease(CLIENT, '10.0.0.9', { message: 'OFFER', serverId: '10.0.0.1' }))
  expect(offer.map(({ kind }) => kind)).toEqual(['role'])
  expect(factsOf(said.lease(CLIENT, '', { message: 'NAK', serverId: '10.0.0.1' }))).toEqual([])
})

test('a DHCPv6 server binds its addresses to whom it answers', () => {
  const lease = { preferredSeconds: 1, validSeconds: 2 }
  const addresses = [
    { address: '2001:db8::9', ...lease },
    { address: '2001:db8::a', ...lease, validSeconds: 0 },
  ]
  expect(factsOf(dhcpv6({ addresses, dnsServers: ['2001:db8::53'] }))).toEqual([
    expect.objectContaining({ of: { ip: 'fe80::2' }, role: 'DHCP server' }),
    { kind: 'binding', mac: CLIENT, ip: '2001:db8::9', sure: false },
    expect.objectContaining({ of: { ip: '2001:db8::53' }, role: 'DNS server' }),
  ])
})

test('a DHCPv6 client is the sender of its frame, unless a relay is', () => {
  const solicit = dhcpv6({ message: 'SOLICIT', srcMac: CLIENT, src: 'fe80::1', fqdn: 'box' })
  expect(factsOf(solicit)).toEqual([
    { kind: 'binding', mac: CLIENT, ip: 'fe80::1', sure: false },
    { kind: 'name', of: { mac: CLIENT }, name: 'box', source: 'dhcp' },
  ])
  expect(factsOf({ ...solicit, relays: 1 })).toEqual([])
})

test('a host that speaks for another names that one', () => {
  const proxy = said.mdns(CLIENT, '10.0.0.9', { name: 'sleeper.local' }) as NameObservation
  const hosts = [{ name: 'sleeper.local', addresses: ['10.0.0.7'], ttlSeconds: 120 }]
  const services = [{ type: '_IPP._tcp', instance: 'x', host: 'sleeper.local', port: 631 }]
  expect(factsOf({ ...proxy, hosts, services })).toEqual([
    { kind: 'binding', mac: CLIENT, ip: '10.0.0.9', sure: false },
    { kind: 'name', of: { ip: '10.0.0.7' }, name: 'sleeper.local', source: 'mdns' },
    {
      kind: 'service',
      of: { ip: '10.0.0.7' },
      service: { type: '_ipp._tcp', instance: 'x', port: 631 },
    },
  ])
})

test.each([
  ['a good-bye', { ttlSeconds: 0 }],
  ['the name of a group', { group: true, suffix: 0 }],
  ['the name of a domain', { suffix: 0x1b }],
])('%s names nobody', (_what, given) => {
  const message = said.netbios(CLIENT, '10.0.0.9', 'X') as NameObservation
  const hosts = [{ name: 'X', addresses: [], ttlSeconds: 100, ...given }]
  expect(factsOf({ ...message, hosts }).map(({ kind }) => kind)).toEqual(['binding'])
})

test('a router that gives itself up is none', () => {
  const leaving = { ...said.advertisement(SERVER, 'fe80::2'), routerLifetimeSeconds: 0 }
  expect(factsOf(leaving).map(({ kind }) => kind)).not.toContain('role')
})

test('a prefix that is on the link is a subnet', () => {
  const prefix = { autonomous: true, validSeconds: 1, preferredSeconds: 1, length: 64 }
  const prefixes = [
    { prefix: '2001:db8:1::', onLink: true, ...prefix },
    { prefix: '2001:db8:2::', onLink: false, ...prefix },
  ]
  const facts = factsOf({ ...said.advertisement(SERVER, 'fe80::2'), prefixes })
  expect(facts.filter(({ kind }) => kind === 'subnet')).toEqual([
    { kind: 'subnet', prefix: '2001:db8:1::', length: 64 },
  ])
})
