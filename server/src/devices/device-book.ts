/** The devices of one agent: observations and flow records in, devices out. */
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { Observation } from '@netscope/core/observation.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { dropOldest, isCared, MOST, seen } from './device.ts'
import type { Device, DeviceAddress } from './device.ts'
import { createDeviceIndex } from './device-index.ts'
import type { DeviceIndex } from './device-index.ts'
import type { Fact, NameSource, Service, Subject } from './facts/fact.ts'
import { factsOf } from './facts/facts-of.ts'
import { createFlowSightings } from './flow-sightings.ts'
import { createLocalNetworks } from '@netscope/core/local-networks.ts'
import { hasVendor, sharedBy } from './mac-kind.ts'
import { roleOfService } from './roles.ts'
import type { RoleName } from './roles.ts'

export interface DeviceBookDeps {
  agent: string
  newId(): string
  hasRoom(): boolean
  /** Vendor of a MAC, empty where there is none. */
  vendorOf(mac: string): string
  /** Networks that people named. */
  networks?: readonly Prefix[]
  /** `soon`: something new; else it was only seen again. */
  onChange(device: Device, soon: boolean): void
  onRemove(device: Device): void
}

export interface DeviceBook {
  readonly index: DeviceIndex
  /** Subnets that the network itself told. */
  subnets(): string[]
  observe(said: Observation, nowMs: number): void
  /** `before`: the record that was the last of this slot, if there is one. */
  flow(record: FlowReader, before: FlowReader | undefined, nowMs: number): void
  /** Interfaces as they are: those that are no leaf count packets that others count too. */
  setInterfaces(interfaces: readonly { ifindex: number; leaf: boolean }[]): void
  /** Forgets those that have gone; to be called about every minute. */
  tick(nowMs: number): void
}

const HOUR_MS = 3_600_000
/** Seen in one minute only: a passer-by, or a forged address. */
const FLEETING_MS = HOUR_MS
const FORGOTTEN_MS = 60 * 24 * HOUR_MS
/** Addresses of which something was said before they were seen, and how much of each. */
const MAX_CLAIMED = 256
const MAX_CLAIMS = 8

type Claim = Extract<Fact, { of: Subject }>

export const createDeviceBook = (deps: DeviceBookDeps): DeviceBook => {
  const networks = createLocalNetworks(deps.networks)
  const claims = new Map<string, Claim[]>()
  const bridges = new Set<number>()
  const changed = (device: Device): void => deps.onChange(device, true)

  const index = createDeviceIndex({
    ...deps,
    onChange(device) {
      if (device.vendor === '' && hasVendor(device.mac)) device.vendor = deps.vendorOf(device.mac)
      changed(device)
    },
    onAttach(address) {
      const waiting = claims.get(address.ip)
      claims.delete(address.ip)
      for (const claim of waiting ?? []) applyTo(address.device, claim, address.lastSeenMs)
    },
  })

  const setName = (device: Device, source: NameSource, name: string, atMs: number): void => {
    const known = device.names.get(source)
    if (known?.name === name) {
      known.lastSeenMs = Math.max(known.lastSeenMs, atMs)
      return
    }
    device.names.set(source, { name, lastSeenMs: atMs })
    changed(device)
  }

  const addRole = (device: Device, role: RoleName, detail: string, atMs: number): void => {
    const known = device.roles.get(role) ?? []
    const same = known.find((evidence) => evidence.detail === detail)
    if (same) {
      same.lastSeenMs = Math.max(same.lastSeenMs, atMs)
      return
    }
    const rest = known.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs).slice(0, MOST.evidence - 1)
    device.roles.set(role, [{ detail, lastSeenMs: atMs }, ...rest])
    changed(device)
  }

  const addService = (device: Device, service: Service, atMs: number): void => {
    const key = `${service.type} ${service.instance}`
    const known = device.services.get(key)
    device.services.set(key, { ...known, ...service, lastSeenMs: atMs })
    dropOldest(device.services, MOST.services)
    if (known && (known.port === service.port || service.port === 0)) return
    const role = roleOfService(service)
    if (role) addRole(device, role, `offers ${service.type}`, atMs)
    changed(device)
  }

  const applyTo = (device: Device, claim: Claim, atMs: number): void => {
    if (claim.kind === 'name') setName(device, claim.source, claim.name, atMs)
    else if (claim.kind === 'role') addRole(device, claim.role, claim.detail, atMs)
    else addService(device, claim.service, atMs)
  }

  const deviceOf = ({ mac, ip }: Subject): Device | undefined =>
    (mac !== undefined ? index.ofMac(mac) : undefined) ??
    (ip !== undefined ? index.ofIp(ip)?.device : undefined)

  const claim = (said: Claim, nowMs: number): void => {
    const device = deviceOf(said.of)
    if (device) return applyTo(device, said, nowMs)
    const { ip } = said.of
    if (ip === undefined || !networks.isLocalText(ip)) return
    const waiting = claims.get(ip) ?? []
    if (waiting.length < MAX_CLAIMS) claims.set(ip, [...waiting, said])
    // A Map gives its keys in the order in which they came.
    if (claims.size > MAX_CLAIMED) claims.delete(claims.keys().next().value as string)
  }

  const meet = (device: Device, said: Observation, nowMs: number): void => {
    seen(device, nowMs)
    device.interface = said.interface
    device.vlan = said.vlan
    const protocol = sharedBy(device.mac)
    if (protocol !== '') addRole(device, 'router', `its MAC is one of ${protocol}`, nowMs)
    deps.onChange(device, false)
  }

  const confirm = (address: DeviceAddress, said: Observation, nowMs: number): void => {
    const { device, ip } = address
    address.lastSeenMs = nowMs
    // The one that was confirmed last comes last.
    device.addresses.delete(ip)
    device.addresses.set(ip, address)
    if (!bridges.has(said.ifindex)) address.ifindex = said.ifindex
    meet(device, said, nowMs)
  }

  const bind = (fact: Extract<Fact, { kind: 'binding' }>, said: Observation, nowMs: number) => {
    const isBelieved = fact.sure || networks.isLocalText(fact.ip)
    const address = isBelieved ? index.bind(fact.mac, fact.ip, fact.sure, nowMs) : undefined
    if (address) confirm(address, said, nowMs)
  }

  const apply = (fact: Fact, said: Observation, nowMs: number): void => {
    if (fact.kind === 'binding') return bind(fact, said, nowMs)
    if (fact.kind === 'subnet') return networks.add(fact.prefix, fact.length)
    if (fact.kind !== 'station') return claim(fact, nowMs)
    const device = index.meetMac(fact.mac, nowMs)
    if (device) meet(device, said, nowMs)
  }

  const flow = createFlowSightings({
    index,
    networks,
    isCountedElsewhere: (ifindex) => bridges.has(ifindex),
    setName: (device, name, atMs) => setName(device, 'dns', name, atMs),
    addRole,
    onSeen: (device) => deps.onChange(device, false),
    onChange: changed,
  })

  const isGone = (device: Device, nowMs: number): boolean => {
    const silentMs = nowMs - device.lastSeenMs
    if (isCared(device)) return false
    return silentMs > (device.sightings > 1 ? FORGOTTEN_MS : FLEETING_MS)
  }

  return {
    index,
    subnets: networks.subnets,
    observe(said, nowMs) {
      for (const fact of factsOf(said)) apply(fact, said, nowMs)
    },
    flow,
    setInterfaces(interfaces) {
      bridges.clear()
      for (const { ifindex, leaf } of interfaces) if (!leaf) bridges.add(ifindex)
    },
    tick(nowMs) {
      for (const device of index.devices.values()) if (isGone(device, nowMs)) index.remove(device)
    },
  }
}
