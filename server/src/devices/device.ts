/** A device as it is remembered: everything that was learned about it, within bounds. */
import type { Bandwidth, Rates } from './bandwidth.ts'
import type { NameSource, Service } from './facts/fact.ts'
import type { RoleName } from './roles.ts'

/** One address of a device; belongs to one device at a time. */
export interface DeviceAddress {
  readonly ip: string
  device: Device
  firstSeenMs: number
  lastSeenMs: number
  /** Interface where its bytes are counted, so that a bridge does not count them twice; 0 not known yet. */
  ifindex: number
  /** When they last were. */
  countedMs: number
  /** Who had it before, if it changed hands: a MAC. */
  previousMac: string
}

export interface OpenPort {
  protocol: 'TCP' | 'UDP'
  port: number
  firstSeenMs: number
  lastSeenMs: number
}

export interface RoleEvidence {
  detail: string
  lastSeenMs: number
}

/** What people said; it beats what was learned. */
export interface Given {
  name: string
  role: string
  note: string
  /** null: nobody has said. */
  trusted: boolean | null
}

/** What a third-party agent reported last (POST /api/v1/devices). */
export interface Reported {
  atMs: number
  vendor?: string | undefined
  rates?: Rates | undefined
  riskScore?: number | undefined
  trustScore?: number | undefined
}

export interface Device {
  readonly id: string
  readonly agent: string
  /** Empty: only seen in packets that came through a router. */
  mac: string
  vendor: string
  firstSeenMs: number
  lastSeenMs: number
  /** Different minutes in which it was seen. */
  sightings: number
  interface: string
  vlan: number
  /** The one that was confirmed last comes last. */
  readonly addresses: Map<string, DeviceAddress>
  readonly names: Map<NameSource, { name: string; lastSeenMs: number }>
  /** By `TCP 443`. */
  readonly ports: Map<string, OpenPort>
  /** By type and instance. */
  readonly services: Map<string, Service & { lastSeenMs: number }>
  readonly roles: Map<RoleName, RoleEvidence[]>
  given: Given
  reported: Reported | undefined
  /** Made with the first traffic. */
  bandwidth: Bandwidth | undefined
}

export const NOTHING_GIVEN: Given = { name: '', role: '', note: '', trusted: null }

/** Of one device; beyond it the ones that were not seen for longest go. Some 10 kB for all of them. */
export const MOST = { addresses: 32, ports: 64, services: 32, evidence: 3 } as const

export const createDevice = (id: string, agent: string, mac: string, nowMs: number): Device => ({
  id,
  agent,
  mac,
  vendor: '',
  firstSeenMs: nowMs,
  lastSeenMs: nowMs,
  sightings: 1,
  interface: '',
  vlan: 0,
  addresses: new Map(),
  names: new Map(),
  ports: new Map(),
  services: new Map(),
  roles: new Map(),
  given: NOTHING_GIVEN,
  reported: undefined,
  bandwidth: undefined,
})

const MINUTE_MS = 60_000

/** It was there at `atMs`, which may be before the last time. */
export const seen = (device: Device, atMs: number): void => {
  if (atMs <= device.lastSeenMs) return
  const isNewMinute = Math.floor(atMs / MINUTE_MS) > Math.floor(device.lastSeenMs / MINUTE_MS)
  if (isNewMinute) device.sightings++
  device.lastSeenMs = atMs
}

/** Whether a person has said anything about it. */
export const isCared = ({ given }: Device): boolean =>
  given.name !== '' || given.role !== '' || given.note !== '' || given.trusted !== null

/** Removes the entry that was not seen for longest where there are more than `most`. */
export const dropOldest = <K, V extends { lastSeenMs: number }>(
  map: Map<K, V>,
  most: number,
): V | undefined => {
  if (map.size <= most) return undefined
  let oldest: [K, V] | undefined
  for (const entry of map) if (!oldest || entry[1].lastSeenMs < oldest[1].lastSeenMs) oldest = entry
  if (!oldest) return undefined
  map.delete(oldest[0])
  return oldest[1]
}
