/** Forged and contested addresses, and the ways in which addresses move by right. */
import { expect, test } from 'vitest'
import { arpSpoofKind } from './arp-spoof.ts'
import { duplicateAddressKind } from './duplicate-address.ts'
import {
  advertise,
  arpReply,
  arpRequest,
  dhcp,
  EVIL,
  GATEWAY,
  incidentsOf,
  VICTIM,
} from './spoofing-rig.ts'
import { ndpSpoofKind } from './ndp-spoof.ts'

const [gateway, victim, evil] = [GATEWAY, VICTIM, EVIL]
const learned = [
  arpRequest(0, victim, '10.0.0.9', '10.0.0.1'),
  arpReply(0, gateway, '10.0.0.1', '10.0.0.9'),
  arpRequest(1, evil, '10.0.0.66', '10.0.0.9'),
]

test('a poisoner of both sides is one incident with the gateway in it', () => {
  const poison = [2, 4, 6, 8].flatMap((second) => [
    arpReply(second, evil, '10.0.0.1', '10.0.0.9', victim),
    arpReply(second, evil, '10.0.0.9', '10.0.0.1', gateway),
  ])
  const named = dhcp(0, gateway, { fromServer: true, message: 'OFFER', routers: ['10.0.0.1'] })
  const { keys, findings } = incidentsOf(arpSpoofKind, [named, ...learned, ...poison])
  expect(keys).toEqual([evil])
  expect(findings[0]).toMatchObject({
    severity: 90,
    target: { ip: '10.0.0.1' },
    source: { mac: evil },
  })
})

test('a poisoner of one side is found at its third claim that answers no question', () => {
  const poison = [6, 8, 10].map((second) => arpReply(second, evil, '10.0.0.1', '10.0.0.9'))
  expect(incidentsOf(arpSpoofKind, [...learned, ...poison.slice(0, 2)]).keys).toEqual([])
  expect(incidentsOf(arpSpoofKind, [...learned, ...poison]).keys).toEqual([evil])
})

test('poison that all are told, again and again, is found though nothing is heard of the owner', () => {
  const poison = Array.from({ length: 30 }, (_, i) => announce(2 + 2 * i, evil, '10.0.0.1'))
  expect(incidentsOf(arpSpoofKind, [...learned, ...poison]).keys).toEqual([evil])
})

test('poison by requests to one station is found', () => {
  const poison = [2, 4, 6].map((second) => arpRequest(second, evil, '10.0.0.1', '10.0.0.9', victim))
  expect(incidentsOf(arpSpoofKind, [...learned, ...poison]).keys).toEqual([evil])
})

test('a poisoner that was at it before we looked is found', () => {
  const poison = [2, 4, 6, 8, 10, 12].map((second) =>
    arpReply(second, evil, '10.0.0.1', '10.0.0.9'),
  )
  expect(
    incidentsOf(arpSpoofKind, [arpRequest(1, evil, '10.0.0.66', '10.0.0.9'), ...poison]).keys,
  ).toEqual([evil])
})

test('forged Neighbor Advertisements are found', () => {
  const seen = [
    advertise(0, victim, 'fe80::9', 'ff02::1'),
    advertise(0, gateway, 'fe80::1', 'ff02::1'),
    advertise(1, evil, 'fe80::66', 'ff02::1'),
    ...[2, 4, 6].map((second) => advertise(second, evil, 'fe80::1', 'fe80::9')),
  ]
  expect(incidentsOf(ndpSpoofKind, seen).keys).toEqual([evil])
})

const SECONDS = Array.from({ length: 30 }, (_, i) => i + 2)
const announce = (second: number, mac: string, ip: string) => arpRequest(second, mac, ip, ip)
const benign = {
  'a failover without a shared MAC, announced ten times': SECONDS.slice(0, 10).map((s) =>
    announce(s, evil, '10.0.0.1'),
  ),
  'a failover that is announced five times, and every ten seconds from then on': [
    ...SECONDS.slice(0, 5).map((s) => announce(s, evil, '10.0.0.1')),
    ...SECONDS.map((s) => announce(10 * s, evil, '10.0.0.1')),
  ],
  'VRRP masters by turns': SECONDS.map((s) =>
    arpReply(s, `00:00:5e:00:01:0${s % 9}`, '10.0.0.1', '10.0.0.9'),
  ),
  'an address that DHCP gave to another': [
    dhcp(2, gateway, { fromServer: true, message: 'ACK', yourIp: '10.0.0.9', clientMac: evil }),
    ...SECONDS.map((s) => arpRequest(s, evil, '10.0.0.9', '10.0.0.1')),
  ],
  'containers that follow each other on one address': SECONDS.map((s) =>
    announce(s, `02:42:ac:11:00:${String(s).padStart(2, '0')}`, '172.17.0.2'),
  ),
  'a proxy that answers for many': SECONDS.flatMap((s) => [
    arpRequest(s, victim, '10.0.0.9', `10.0.1.${s}`),
    arpReply(s, gateway, `10.0.1.${s}`, '10.0.0.9'),
  ]),
  'a bond that answers from its second port': SECONDS.slice(0, 8).flatMap((s) => [
    arpRequest(s, victim, '10.0.0.9', '10.0.0.20'),
    arpReply(s, s % 2 ? 'aa:00:00:00:00:01' : 'd0:00:00:00:00:07', '10.0.0.20', '10.0.0.9'),
  ]),
  'neighbours that poll each other': SECONDS.map((s) =>
    arpRequest(s, gateway, '10.0.0.1', '10.0.0.9', victim),
  ),
}
test.each(Object.entries(benign))('%s is silent', (_, seen) => {
  expect(incidentsOf(arpSpoofKind, [...learned, ...seen]).findings).toEqual([])
  expect(incidentsOf(duplicateAddressKind, [...learned, ...seen]).findings).toEqual([])
})

test('two that both believe to have an address are one duplicate', () => {
  const seen = [2, 4, 6, 8].flatMap((s) => [
    arpRequest(s, victim, '10.0.0.9', '10.0.0.1'),
    arpRequest(s + 1, evil, '10.0.0.9', '10.0.0.1'),
  ])
  expect(incidentsOf(duplicateAddressKind, seen).keys).toEqual(['10.0.0.9'])
  expect(incidentsOf(arpSpoofKind, seen).keys).toEqual([])
})

test('who denies each address is found, who defends its own is not', () => {
  const denied = (ips: string[]) =>
    ips.flatMap((ip, i) => [arpRequest(i, victim, '0.0.0.0', ip), arpReply(i, evil, ip, '0.0.0.0')])
  expect(
    incidentsOf(duplicateAddressKind, denied(['10.0.0.5', '10.0.0.6', '10.0.0.7'])).keys,
  ).toEqual([`denial ${evil}`])
  expect(
    incidentsOf(duplicateAddressKind, denied(['10.0.0.5', '10.0.0.5', '10.0.0.5'])).keys,
  ).toEqual([])
})
