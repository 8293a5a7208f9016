/** Routers, DHCP servers and redirects that lead hosts astray, beside those that do not. */
import { expect, test } from 'vitest'
import { createDetectorRig, flowStep } from '../fakes/detector-rig.ts'
import { dhcpStarvationKind } from './dhcp-starvation.ts'
import { icmpRedirectKind } from './icmp-redirect.ts'
import { rogueDhcpKind } from './rogue-dhcp.ts'
import { rogueRouterKind } from './rogue-router.ts'
import {
  arpReply,
  dhcp,
  EVIL,
  GATEWAY,
  incidentsOf,
  redirect,
  routerAdvertisement,
  VICTIM,
} from './spoofing-rig.ts'

const [gateway, victim, evil] = [GATEWAY, VICTIM, EVIL]
const [ROUTER, SECOND] = ['fe80::1', 'fe80::66']
const off = { routerLifetimeSeconds: 0 }

test('a router that is withdrawn from another MAC is one incident of that MAC', () => {
  const kill = [0, 3, 6].map((s) => routerAdvertisement(s, evil, ROUTER, { ...off, prefixes: [] }))
  const { keys, findings } = incidentsOf(rogueRouterKind, [
    kill[0]!,
    routerAdvertisement(1, gateway, ROUTER),
    kill[1]!,
    kill[2]!,
  ])
  expect(keys).toEqual([ROUTER])
  expect(findings.every(({ source }) => source.mac === evil)).toBe(true)
})

test('a router that is withdrawn by turns under its own MAC is found, a restart is not', () => {
  const seen = [
    routerAdvertisement(0, gateway, ROUTER),
    routerAdvertisement(2, gateway, ROUTER, off),
    routerAdvertisement(3, gateway, ROUTER),
  ]
  expect(incidentsOf(rogueRouterKind, seen).keys).toEqual([])
  expect(
    incidentsOf(rogueRouterKind, [...seen, routerAdvertisement(5, gateway, ROUTER, off)]).keys,
  ).toEqual([ROUTER])
})

test('a second router with its own prefix is found, a twin is not', () => {
  const first = routerAdvertisement(0, gateway, ROUTER)
  const other = routerAdvertisement(5, evil, SECOND, {
    prefixes: [{ ...first.prefixes[0]!, prefix: 'fd66::' }],
  })
  expect(incidentsOf(rogueRouterKind, [first, other]).keys).toEqual([`second ${SECOND}`])
  expect(incidentsOf(rogueRouterKind, [first, routerAdvertisement(5, evil, SECOND)]).keys).toEqual(
    [],
  )
})

test('a router that nobody has seen announced is found when it is withdrawn more often than one that stops', () => {
  const withdrawn = (count: number, given = {}) =>
    incidentsOf(
      rogueRouterKind,
      Array.from({ length: count }, (_, i) =>
        routerAdvertisement(3 * i, gateway, ROUTER, { ...off, prefixes: [], ...given }),
      ),
    ).keys
  expect(withdrawn(3)).toEqual([])
  expect(withdrawn(4)).toEqual([ROUTER])
  const route = {
    prefix: 'fd12::',
    length: 64,
    preference: 'medium' as const,
    lifetimeSeconds: 1800,
  }
  expect(withdrawn(9, { routes: [route] })).toEqual([])
})

test('many routers are one incident, the second of them is none of its own', () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    routerAdvertisement(i / 100, evil, `fe80::${i + 1}`, {
      sourceLinkMac: `a6:00:00:00:00:${String(i + 10)}`,
      prefixes: [],
      dnsServers: [{ address: `fd00::${i}`, lifetimeSeconds: 60 }],
    }),
  )
  expect(incidentsOf(rogueRouterKind, many).keys).toEqual(['flood'])
})

const offer = (second: number, mac: string, ip: string, router: string) =>
  dhcp(second, mac, {
    message: 'OFFER',
    fromServer: true,
    src: ip,
    serverId: ip,
    yourIp: '10.0.0.50',
    clientMac: victim,
    routers: [router],
    dnsServers: [router],
  })

test('a DHCP server with another gateway is found, a second one with the same is not', () => {
  const first = offer(0, gateway, '10.0.0.1', '10.0.0.1')
  expect(
    incidentsOf(rogueDhcpKind, [first, offer(9, evil, '10.0.0.66', '10.0.0.66')]).keys,
  ).toEqual(['10.0.0.66'])
  expect(
    incidentsOf(rogueDhcpKind, [first, offer(9, evil, '10.0.0.2', '10.0.0.1'), first]).keys,
  ).toEqual([])
})

test('a second DHCP server that names nobody is none, one that names a DNS server alone is', () => {
  const first = offer(0, gateway, '10.0.0.1', '10.0.0.1')
  const { routers: _routers, dnsServers: _dnsServers, ...bare } = offer(9, evil, '10.0.0.2', '')
  expect(incidentsOf(rogueDhcpKind, [first, bare]).keys).toEqual([])
  expect(incidentsOf(rogueDhcpKind, [first, { ...bare, dnsServers: ['10.0.0.2'] }]).keys).toEqual([
    '10.0.0.2',
  ])
})

test('where the first DHCP server names no DNS server, one with the same gateway may', () => {
  const second = offer(9, evil, '10.0.0.2', '10.0.0.1')
  const { dnsServers: _, ...first } = offer(0, gateway, '10.0.0.1', '10.0.0.1')
  expect(incidentsOf(rogueDhcpKind, [first, second]).keys).toEqual([])
  expect(incidentsOf(rogueDhcpKind, [first, { ...second, routers: ['10.0.0.2'] }]).keys).toEqual([
    '10.0.0.2',
  ])
})

const mac = (i: number, maker: number) =>
  `${[maker >> 8, maker & 255, 7].map((b) => b.toString(16).padStart(2, '0')).join(':')}:00:00:${(i & 255).toString(16).padStart(2, '0')}`

test('clients without end are starvation, a room of computers is not', () => {
  const of = (n: number, maker: (i: number) => number) =>
    Array.from({ length: n }, (_, i) => dhcp(i / 10, mac(i, maker(i)), {}))
  expect(
    incidentsOf(
      dhcpStarvationKind,
      of(150, (i) => i * 2),
    ).keys,
  ).toHaveLength(1)
  expect(
    incidentsOf(
      dhcpStarvationKind,
      of(150, (i) => (i % 3) * 2),
    ).keys,
  ).toEqual([])
  const faceless = Array.from({ length: 30 }, (_, i) => dhcp(i, evil, { clientMac: mac(i, 4) }))
  expect(incidentsOf(dhcpStarvationKind, faceless).findings[0]?.source).toEqual({ mac: evil })
})

test('redirects again and again are found, one is not', () => {
  const rig = createDetectorRig(icmpRedirectKind)
  const redirect = (n: number) =>
    flowStep({
      protocol: 1,
      srcPort: 5,
      dstPort: 1,
      src: '10.0.0.1',
      dst: '10.0.0.9',
      srcPackets: n,
    })
  rig.flow(redirect(1))
  expect(rig.findings).toEqual([])
  rig.flow(redirect(4))
  expect(rig.keys()).toEqual(['10.0.0.1 10.0.0.9'])
})

test('redirects bear the station that sent them, and weigh more in the name of another', () => {
  const found = (sender: string, owner: string) => {
    const rig = createDetectorRig(icmpRedirectKind)
    rig.detector.observation?.(arpReply(0, owner, '10.0.0.1', '10.0.0.9'), 'a1')
    rig.detector.observation?.(redirect(1, sender, '10.0.0.1', '10.0.0.9'), 'a1')
    const [src, dst] = ['10.0.0.1', '10.0.0.9']
    rig.flow(flowStep({ protocol: 1, srcPort: 5, dstPort: 1, src, dst, srcPackets: 5 }))
    return rig.findings[0]
  }
  expect(found(evil, gateway)).toMatchObject({ severity: 85, source: { mac: evil } })
  expect(found(gateway, gateway)).toMatchObject({ severity: 50, source: { mac: gateway } })
  expect(found(gateway, '00:00:5e:00:01:07')).toMatchObject({ severity: 50 })
})
