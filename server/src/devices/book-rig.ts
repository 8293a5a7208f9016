/** For tests: a book of devices, observations as agents send them, and flow records. */
import type { Observation } from '@netscope/core/observation.ts'
import type { ArpObservation } from '@netscope/core/observation/arp.ts'
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import type { NameObservation } from '@netscope/core/observation/name.ts'
import type { NeighborAdvertisement, RouterAdvertisement } from '@netscope/core/observation/ndp.ts'
import { FlowReader } from '@netscope/core/flow-record.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import type { FakeRecord } from '../fakes/flow-record.ts'
import { createDeviceBook } from './device-book.ts'
import type { DeviceBookDeps } from './device-book.ts'
import type { Device } from './device.ts'
import { hostnameOf, mainRoleOf } from './device-row.ts'

const shared = {
  timeMs: 0,
  interface: 'eth0',
  ifindex: 2,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  dstMac: 'ff:ff:ff:ff:ff:ff',
} as const
const packet = { ...shared, dst: '224.0.0.251', incomplete: false }

const arp = (mac: string, ip: string, given: Partial<ArpObservation> = {}): ArpObservation => ({
  ...shared,
  kind: 'arp',
  srcMac: mac,
  operation: 'request',
  senderMac: mac,
  senderIp: ip,
  targetMac: '00:00:00:00:00:00',
  targetIp: '192.168.1.1',
  unicast: false,
  senderMismatch: false,
  targetMismatch: false,
  gratuitous: false,
  probe: false,
  ...given,
})

const dhcp = (mac: string, given: Partial<DhcpObservation>): DhcpObservation => ({
  ...packet,
  kind: 'dhcp',
  srcMac: mac,
  src: '',
  message: 'REQUEST',
  fromServer: false,
  xid: 1,
  clientMac: mac,
  clientIp: '',
  yourIp: '',
  nextServerIp: '',
  relayIp: '',
  ...given,
})

const ndp = (mac: string, src: string) => ({
  ...packet,
  kind: 'ndp' as const,
  srcMac: mac,
  src,
  hopLimit: 255,
  code: 0,
  fragmented: false,
  linkMismatch: false,
})

interface Told {
  name?: string
  service?: string
}

const names = (mac: string, src: string, given: Partial<NameObservation>): NameObservation => ({
  ...packet,
  kind: 'name',
  protocol: 'mDNS',
  srcMac: mac,
  src,
  id: 0,
  isResponse: true,
  questions: [],
  hosts: [],
  services: [],
  ...given,
})

/** What hosts say. */
export const said = {
  arp,
  lease: (mac: string, yourIp: string, given: Partial<DhcpObservation> = {}) =>
    dhcp(mac, { message: 'ACK', fromServer: true, yourIp, src: '192.168.1.1', ...given }),
  request: (mac: string, requestedIp: string) => dhcp(mac, { requestedIp }),
  neighbor: (mac: string, target: string): NeighborAdvertisement & { kind: 'ndp' } => ({
    ...ndp(mac, target),
    message: 'NA',
    target,
    targetLinkMac: mac,
    router: false,
    solicited: false,
    override: true,
  }),
  advertisement: (mac: string, src: string): RouterAdvertisement => ({
    ...ndp(mac, src),
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
    prefixes: [],
    routes: [],
    dnsServers: [],
    searchDomains: [],
  }),
  mdns: (mac: string, src: string, { name, service }: Told): Observation =>
    names(mac, src, {
      hosts: name === undefined ? [] : [{ name, addresses: [src], ttlSeconds: 120 }],
      services: service === undefined ? [] : [{ type: service, instance: 'one' }],
    }),
  netbios: (mac: string, src: string, name: string): Observation =>
    names(mac, src, {
      protocol: 'NBNS',
      hosts: [{ name, addresses: [], ttlSeconds: 0, suffix: 0 }],
    }),
}

const shown = (device: Device) => {
  const role = mainRoleOf(device)
  return {
    id: device.id,
    mac: device.mac,
    vendor: device.vendor,
    name: hostnameOf(device),
    role,
    why: role === '' ? '' : (device.roles.get(role)?.[0]?.detail ?? ''),
    ips: [...device.addresses.keys()],
    ports: [...device.ports.keys()],
    firstSeenMs: device.firstSeenMs,
    lastSeenMs: device.lastSeenMs,
    rates: (nowMs: number) => device.bandwidth?.now(nowMs) ?? { txBps: 0, rxBps: 0 },
  }
}

export const createBookRig = (given: Partial<DeviceBookDeps> = {}) => {
  const removed: string[] = []
  const last = new Map<number, FlowReader>()
  let ids = 0
  const book = createDeviceBook({
    agent: 'a1',
    newId: () => `d${++ids}`,
    hasRoom: () => true,
    vendorOf: () => '',
    onChange: () => undefined,
    onRemove: (device) => removed.push(device.id),
    ...given,
  })
  const context = {
    agent: 'a1',
    wallOffsetMs: 0,
    interfaceName: String,
    text: (id: number) => (id === 0 ? '' : `name-${id}`),
    process: () => undefined,
  }
  return {
    book,
    removed,
    devices: () => [...book.index.devices.values()].map(shown),
    /** Forwarded, unless told otherwise. */
    flow(record: Partial<FakeRecord>) {
      const whole = { src: '203.0.113.200', dst: '203.0.113.1', path: 1, slot: 1, ...record }
      const reader = new FlowReader(flowRecord(whole), context).seek(0)
      book.flow(reader, last.get(whole.slot), 1e9)
      last.set(whole.slot, reader)
    },
  }
}
