/** A device as the API shows it. */
import type { BandwidthPoint, Rates } from './bandwidth.ts'
import type { Device } from './device.ts'
import type { DeviceScores, ScoreSource } from './device-risk.ts'
import { NAME_SOURCES } from './facts/fact.ts'
import type { NameSource } from './facts/fact.ts'
import { isRandomized, softwareOf } from './mac-kind.ts'
import { mainRole } from './roles.ts'

export type DeviceStatus = 'online' | 'offline' | 'unknown'

/** Names with underscores, as other programs read them: docs/reference/devices.md. */
export interface DeviceRow {
  id: string
  ip: string
  mac: string
  hostname: string
  vendor: string
  agent_id: string
  status: DeviceStatus
  bandwidth_tx_bps: number
  bandwidth_rx_bps: number
  open_ports: number[]
  /** 0 to 100; null: not known. */
  risk_score: number | null
  trust_score: number | null
  last_seen: string
  created_at: string
  name: string
  role: string
  roles: string[]
  trusted: boolean | null
  randomized_mac: boolean
  interface: string
  vlan: number
}

export interface DeviceDetail extends DeviceRow {
  note: string
  names: { source: NameSource; name: string; last_seen: string }[]
  addresses: { ip: string; first_seen: string; last_seen: string; previous_mac: string }[]
  ports: { protocol: string; port: number; first_seen: string; last_seen: string }[]
  services: { type: string; instance: string; port: number; last_seen: string }[]
  evidence: { role: string; detail: string; last_seen: string }[]
  bandwidth: { time: string; tx_bps: number; rx_bps: number }[]
  /** How its scores come about. */
  scores: { risk_arithmetic: string; trust_arithmetic: string; sources: ScoreSource[] }
}

/** Quiet hosts speak every few minutes: ARP entries and leases are renewed, mDNS asked. */
export const ONLINE_MS = 5 * 60_000
/** A report of a third-party agent counts as long. */
const REPORT_MS = 60_000

/** What the best source says; empty: nobody has named it. */
export const hostnameOf = ({ names }: Device): string => {
  for (const source of NAME_SOURCES) {
    const named = names.get(source)
    if (named) return named.name
  }
  return ''
}

/** The best guess. */
export const mainRoleOf = ({ roles }: Device) => mainRole(roles.keys())

/** What people say, else the guess. */
export const roleOf = (device: Device): string => device.given.role || mainRoleOf(device)

export const vendorOf = ({ mac, vendor, reported }: Device): string =>
  vendor || reported?.vendor || softwareOf(mac)

/** `isKnown`: its agent is there, or it is reported by a program that comes by itself. */
export const statusOf = (device: Device, nowMs: number, isKnown: boolean): DeviceStatus => {
  const isFresh = nowMs - device.lastSeenMs <= ONLINE_MS
  if (isFresh && (isKnown || device.reported)) return 'online'
  return isKnown || device.reported ? 'offline' : 'unknown'
}

export const ratesOf = ({ bandwidth, reported }: Device, nowMs: number): Rates => {
  const now = bandwidth?.now(nowMs)
  if (now && now.txBps + now.rxBps > 0) return now
  const isFresh = reported?.rates !== undefined && nowMs - reported.atMs <= REPORT_MS
  return isFresh && reported.rates ? reported.rates : { txBps: 0, rxBps: 0 }
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** The address that was confirmed last; IPv4 first, as people and other programs know devices by it. */
export const addressOf = ({ addresses }: Device): string => {
  const all = [...addresses.keys()]
  return all.findLast((ip) => !ip.includes(':')) ?? all.at(-1) ?? ''
}

type Scores = Pick<DeviceScores, 'risk' | 'trust'>

export const rowOf = (
  device: Device,
  nowMs: number,
  isKnown: boolean,
  { risk, trust }: Scores,
): DeviceRow => {
  const { given } = device
  const { txBps, rxBps } = ratesOf(device, nowMs)
  const ports = new Set([...device.ports.values()].map(({ port }) => port))
  return {
    id: device.id,
    ip: addressOf(device),
    mac: device.mac,
    hostname: hostnameOf(device),
    vendor: vendorOf(device),
    agent_id: device.agent,
    status: statusOf(device, nowMs, isKnown),
    bandwidth_tx_bps: txBps,
    bandwidth_rx_bps: rxBps,
    open_ports: [...ports].toSorted((a, b) => a - b),
    risk_score: risk,
    trust_score: trust,
    last_seen: iso(device.lastSeenMs),
    created_at: iso(device.firstSeenMs),
    name: given.name,
    role: roleOf(device),
    roles: [...device.roles.keys()],
    trusted: given.trusted,
    randomized_mac: device.mac !== '' && isRandomized(device.mac),
    interface: device.interface,
    vlan: device.vlan,
  }
}

const times = (of: { firstSeenMs: number; lastSeenMs: number }) => ({
  first_seen: iso(of.firstSeenMs),
  last_seen: iso(of.lastSeenMs),
})

const pointOf = ({ timeMs, txBps, rxBps }: BandwidthPoint) => ({
  time: iso(timeMs),
  tx_bps: txBps,
  rx_bps: rxBps,
})

const scoresOf = ({ riskArithmetic, trustArithmetic, sources }: DeviceScores) => ({
  risk_arithmetic: riskArithmetic,
  trust_arithmetic: trustArithmetic,
  sources: sources.map((of) => ({ ...of })),
})

export const detailOf = (
  device: Device,
  nowMs: number,
  isKnown: boolean,
  scores: DeviceScores,
): DeviceDetail => ({
  ...rowOf(device, nowMs, isKnown, scores),
  scores: scoresOf(scores),
  note: device.given.note,
  names: [...device.names].map(([source, { name, lastSeenMs }]) => ({
    source,
    name,
    last_seen: iso(lastSeenMs),
  })),
  addresses: [...device.addresses.values()]
    .map((entry) => ({ ip: entry.ip, ...times(entry), previous_mac: entry.previousMac }))
    .toReversed(),
  ports: [...device.ports.values()]
    .toSorted((a, b) => a.port - b.port)
    .map((port) => ({ protocol: port.protocol, port: port.port, ...times(port) })),
  services: [...device.services.values()].map(({ type, instance, port, lastSeenMs }) => ({
    type,
    instance,
    port,
    last_seen: iso(lastSeenMs),
  })),
  evidence: [...device.roles].flatMap(([role, all]) =>
    all.map(({ detail, lastSeenMs }) => ({ role, detail, last_seen: iso(lastSeenMs) })),
  ),
  bandwidth: device.bandwidth?.history(nowMs).map(pointOf) ?? [],
})
