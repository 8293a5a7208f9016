/** Makes up what spoofing detectors see, for their tests. */
import type { Observation } from '@netscope/core/observation.ts'
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { RedirectObservation } from '@netscope/core/observation/redirect.ts'
import type { NextHopObservation } from '@netscope/core/observation/next-hop.ts'
import type { NeighborAdvertisement, RouterAdvertisement } from '@netscope/core/observation/ndp.ts'
import type { DetectorKind } from '../detector.ts'
import { createDetectorRig, START_MS } from '../fakes/detector-rig.ts'

export const [GATEWAY, VICTIM, EVIL] = [
  'a4:00:00:00:10:01',
  'b8:00:00:00:20:02',
  'cc:00:00:00:30:03',
]
const BROADCAST = 'ff:ff:ff:ff:ff:ff'

const shared = (second: number, srcMac: string, dstMac: string) => ({
  timeMs: START_MS + second * 1000,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS' as const,
  srcMac,
  dstMac,
})

export const arpRequest = (
  second: number,
  mac: string,
  ip: string,
  target: string,
  to = BROADCAST,
): ArpObservation => ({
  ...shared(second, mac, to),
  kind: 'arp',
  operation: 'request',
  senderMac: mac,
  senderIp: ip,
  targetMac: '00:00:00:00:00:00',
  targetIp: target,
  unicast: to !== BROADCAST,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: ip === target,
  probe: ip === '0.0.0.0',
})

export const arpReply = (
  second: number,
  mac: string,
  ip: string,
  target: string,
  to = VICTIM,
): ArpObservation => ({
  ...arpRequest(second, mac, ip, target, to),
  operation: 'reply',
  targetMac: to,
})

const ndpShared = (second: number, mac: string, src: string, dst: string) => ({
  ...shared(second, mac, dst.startsWith('ff') ? '33:33:00:00:00:01' : VICTIM),
  kind: 'ndp' as const,
  src,
  dst,
  incomplete: false,
  hopLimit: 255,
  code: 0,
  fragmented: false,
  linkMismatch: false,
})

export const advertise = (
  second: number,
  mac: string,
  target: string,
  dst: string,
): NeighborAdvertisement => ({
  ...ndpShared(second, mac, target, dst),
  message: 'NA',
  target,
  targetLinkMac: mac,
  router: false,
  solicited: true,
  override: true,
})

export const routerAdvertisement = (
  second: number,
  mac: string,
  src: string,
  given: Partial<RouterAdvertisement> = {},
): RouterAdvertisement => ({
  ...ndpShared(second, mac, src, 'ff02::1'),
  message: 'RA',
  sourceLinkMac: mac,
  advertisedHopLimit: 64,
  managed: false,
  otherConfig: false,
  homeAgent: false,
  proxy: false,
  preference: 'medium',
  routerLifetimeSeconds: 1800,
  reachableTimeMs: 0,
  retransTimerMs: 0,
  prefixes: [
    {
      prefix: '2001:db8:1::',
      length: 64,
      onLink: true,
      autonomous: true,
      validSeconds: 86_400,
      preferredSeconds: 14_400,
    },
  ],
  routes: [],
  dnsServers: [],
  searchDomains: [],
  ...given,
})

export const dhcp = (
  second: number,
  mac: string,
  given: Partial<DhcpObservation>,
): DhcpObservation => ({
  ...shared(second, mac, BROADCAST),
  kind: 'dhcp',
  src: '0.0.0.0',
  dst: '255.255.255.255',
  incomplete: false,
  message: 'DISCOVER',
  fromServer: false,
  xid: 1,
  clientMac: mac,
  clientIp: '',
  yourIp: '',
  nextServerIp: '',
  relayIp: '',
  ...given,
})

/** Packets of three addresses beyond the link go by way of `mac`; of `moved` of them they went by `from`. */
export const nextHop = (
  second: number,
  mac: string,
  from = '',
  moved = from === '' ? 0 : 3,
  given: Partial<NextHopObservation> = {},
): NextHopObservation => ({
  ...shared(second, VICTIM, mac),
  direction: 'EGRESS',
  kind: 'next-hop',
  mac,
  way: 'to',
  family: 4,
  addresses: 3,
  recent: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  movedFrom: from,
  moved,
  ...given,
})

/** A station tells `dst` in the name of `src` of another way. */
export const redirect = (
  second: number,
  mac: string,
  src: string,
  dst: string,
): RedirectObservation => ({
  ...shared(second, mac, VICTIM),
  kind: 'redirect',
  src,
  dst,
  incomplete: false,
})

/** Hands the observations to a detector and gives back its incidents. */
export const incidentsOf = (kind: DetectorKind, seen: readonly Observation[]) => {
  const rig = createDetectorRig(kind)
  for (const one of seen) rig.detector.observation?.(one, 'a1')
  rig.detector.tick?.((seen.at(-1)?.timeMs ?? START_MS) + 3000)
  return { keys: rig.keys(), findings: rig.findings }
}
