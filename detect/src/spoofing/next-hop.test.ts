/** Traffic that goes by another station than before: forged answers that work, and ordinary reasons. */
import { expect, test } from 'vitest'
import type { Observation } from '@netscope/core/observation.ts'
import { arpSpoofKind } from './arp-spoof.ts'
import { ndpSpoofKind } from './ndp-spoof.ts'
import {
  advertise,
  arpReply,
  arpRequest,
  EVIL,
  GATEWAY,
  incidentsOf,
  nextHop,
  routerAdvertisement,
  VICTIM,
} from './spoofing-rig.ts'

const [gateway, victim, evil] = [GATEWAY, VICTIM, EVIL]
const [VICTIM_IP, GATEWAY_IP, EVIL_IP] = ['10.0.0.9', '10.0.0.1', '10.0.0.66']
/** The router says nothing by ARP: it is known by what it carries. */
const silentRouter = [nextHop(0, gateway), arpRequest(1, evil, EVIL_IP, VICTIM_IP)]
const forge = (...seconds: number[]) =>
  seconds.map((second) => arpReply(second, evil, GATEWAY_IP, VICTIM_IP))

test('one forged answer is enough where traffic of a router that never speaks by ARP follows it', () => {
  const { keys, findings } = incidentsOf(arpSpoofKind, [
    ...silentRouter,
    ...forge(2),
    nextHop(3, evil, gateway, 1),
    nextHop(4, evil, gateway, 2),
  ])
  expect(keys).toEqual([evil])
  expect(findings).toMatchObject([
    {
      severity: 90,
      confidence: 0.95,
      source: { mac: evil, ip: EVIL_IP },
      target: { mac: gateway, ip: GATEWAY_IP },
      count: 1,
    },
  ])
})

test('what is forged later is the same incident, counts its claims and still bears the gateway', () => {
  const { keys, findings } = incidentsOf(arpSpoofKind, [
    ...silentRouter,
    ...forge(2),
    nextHop(3, evil, gateway, 2),
    ...forge(4, 6, 8, 10, 12),
  ])
  expect(keys).toEqual([evil])
  expect(findings.length).toBeGreaterThan(1)
  expect(findings[0]?.severity).toBe(90)
  expect(findings.every(({ severity }) => severity >= 85)).toBe(true)
  expect(findings.at(-1)?.target.ip).toBe(GATEWAY_IP)
  expect(findings.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(6)
})

test('who poses as the station that carries the packets poses as the gateway', () => {
  const { findings } = incidentsOf(arpSpoofKind, [
    nextHop(0, gateway),
    arpReply(0, gateway, GATEWAY_IP, VICTIM_IP),
    arpRequest(1, evil, EVIL_IP, VICTIM_IP),
    ...forge(12, 14, 16),
  ])
  expect(findings).toMatchObject([
    { severity: 90, target: { ip: GATEWAY_IP, mac: gateway }, count: 3 },
  ])
})

test('one address that moves is enough where the router is known by ARP, too', () => {
  const { findings } = incidentsOf(arpSpoofKind, [
    nextHop(0, gateway),
    arpReply(0, gateway, GATEWAY_IP, VICTIM_IP),
    ...forge(12),
    nextHop(13, evil, gateway, 1),
  ])
  expect(findings).toMatchObject([{ severity: 90, target: { ip: GATEWAY_IP, mac: gateway } }])
})

test('traffic that moves to a station of the link without any reason is told, with less weight', () => {
  const { findings } = incidentsOf(arpSpoofKind, [...silentRouter, nextHop(90, evil, gateway)])
  expect(findings).toMatchObject([{ severity: 60, confidence: 0.5, source: { ip: EVIL_IP } }])
  expect(
    incidentsOf(arpSpoofKind, [...silentRouter, nextHop(90, evil, gateway, 2)]).findings,
  ).toEqual([])
})

test('forged Neighbor Advertisements that traffic follows are found, too', () => {
  const v6 = { family: 6 } as const
  const { keys, findings } = incidentsOf(ndpSpoofKind, [
    nextHop(0, gateway, '', 0, v6),
    advertise(1, evil, 'fe80::66', 'ff02::1'),
    advertise(2, evil, 'fe80::1', 'fe80::9'),
    nextHop(3, evil, gateway, 2, v6),
  ])
  expect(keys).toEqual([evil])
  expect(findings[0]).toMatchObject({ severity: 90, target: { mac: gateway, ip: 'fe80::1' } })
})

const known = [...silentRouter, arpReply(1, evil, EVIL_IP, VICTIM_IP)]
const benign: Record<string, Observation[]> = {
  'a route to another router, whose address was asked for': [
    arpRequest(89, victim, VICTIM_IP, EVIL_IP),
    arpReply(89, evil, EVIL_IP, VICTIM_IP),
    nextHop(90, evil, gateway),
  ],
  'a failover that is announced to all': [
    arpRequest(89, evil, GATEWAY_IP, GATEWAY_IP),
    nextHop(90, evil, gateway),
  ],
  'two routers, one of which takes over from the other': [
    nextHop(60, evil),
    nextHop(90, evil, gateway),
    nextHop(120, gateway, evil),
  ],
  'a VRRP master that leaves': [nextHop(90, '00:00:5e:00:01:07', gateway)],
  'answers that come by way of another station': [nextHop(90, evil, gateway, 9, { way: 'from' })],
  'a station that nobody knows by ARP': [nextHop(90, 'cc:00:00:00:00:99', gateway)],
}
test.each(Object.entries(benign))('%s is silent', (_, seen) => {
  expect(incidentsOf(arpSpoofKind, [...known, ...seen]).findings).toEqual([])
})

test('a second router that advertises itself may carry the traffic of the first', () => {
  const v6 = { family: 6 } as const
  const seen = [
    nextHop(0, gateway, '', 0, v6),
    advertise(1, evil, 'fe80::66', 'ff02::1'),
    routerAdvertisement(70, evil, 'fe80::66'),
    nextHop(90, evil, gateway, 3, v6),
  ]
  expect(incidentsOf(ndpSpoofKind, seen).findings).toEqual([])
})

test('a claim that two ports of a bridge show counts once', () => {
  const both = (one: Observation): Observation[] => [one, { ...one, ifindex: 3 }]
  const { findings } = incidentsOf(arpSpoofKind, [
    ...both(arpReply(0, gateway, GATEWAY_IP, VICTIM_IP)),
    ...both(arpRequest(1, evil, EVIL_IP, VICTIM_IP)),
    ...forge(12, 14, 16, 18).flatMap(both),
  ])
  expect(findings.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(4)
})
