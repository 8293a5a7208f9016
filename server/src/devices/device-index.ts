/** The devices of one agent by MAC and by address: who gets an address, who becomes one with whom, who has no room. */
import { formatAddress } from '@netscope/core/address.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createDevice, dropOldest, isCared, MOST, seen } from './device.ts'
import type { Device, DeviceAddress } from './device.ts'
import { isUnicast } from '@netscope/core/local-networks.ts'

export interface DeviceIndexDeps {
  agent: string
  newId(): string
  /** Whether one more device may be kept at all. */
  hasRoom(): boolean
  /** Something of it is to be kept. */
  onChange(device: Device): void
  onRemove(device: Device): void
  /** A device has got an address. */
  onAttach(address: DeviceAddress): void
}

export interface DeviceIndex {
  readonly devices: ReadonlyMap<string, Device>
  /** Devices that were not taken because there were too many. */
  readonly refused: number
  ofMac(mac: string): Device | undefined
  ofIp(ip: string): DeviceAddress | undefined
  /** Of the 16 bytes at `at`. */
  ofBytes(view: DataView, at: number): DeviceAddress | undefined
  /** The device of this MAC, made if need be; undefined: no room. */
  meetMac(mac: string, nowMs: number): Device | undefined
  /** The address, of a device without MAC if it is new; undefined: no room, or no address. */
  meetBytes(view: DataView, at: number, nowMs: number): DeviceAddress | undefined
  meetIp(ip: string, nowMs: number): DeviceAddress | undefined
  /** `mac` uses `ip`; where another MAC has it, only if `sure`. undefined: it was not believed, or there is no room. */
  bind(mac: string, ip: string, sure: boolean, nowMs: number): DeviceAddress | undefined
  remove(device: Device): void
  /** Takes up a device as it was kept, unless its MAC is taken; of its addresses those that are free. */
  restore(device: Device): void
}

/** Of one agent. A /20 of devices; each has some kilobytes. */
export const MAX_DEVICES = 4096
/** Of them those without a MAC: forged source addresses must not take the room of real devices. */
const MAX_WITHOUT_MAC = 1024

type Key = number | string

export const createDeviceIndex = (deps: DeviceIndexDeps): DeviceIndex => {
  const devices = new Map<string, Device>()
  const macs = new Map<string, Device>()
  const addresses = new Map<Key, DeviceAddress>()
  const scratch = new Uint8Array(PREFIX_BYTES)
  const scratchView = new DataView(scratch.buffer)
  let withoutMac = 0
  let refused = 0

  /** Writes the bytes of `ip` to scratch[4, 20); false: it is no address. */
  const toScratch = (ip: string): boolean =>
    encodePrefix(ip, scratch, 0) === undefined && scratch[0] === 128

  const make = (mac: string, nowMs: number): Device | undefined => {
    const isFull = devices.size >= MAX_DEVICES || (mac === '' && withoutMac >= MAX_WITHOUT_MAC)
    if (isFull || !deps.hasRoom()) {
      refused++
      return undefined
    }
    const device = createDevice(deps.newId(), deps.agent, mac, nowMs)
    take(device)
    deps.onChange(device)
    return device
  }

  const take = (device: Device): void => {
    devices.set(device.id, device)
    if (device.mac === '') withoutMac++
    else macs.set(device.mac, device)
  }

  const forget = (device: Device): void => {
    devices.delete(device.id)
    if (device.mac === '') withoutMac--
    else macs.delete(device.mac)
    for (const { ip } of device.addresses.values())
      if (toScratch(ip)) addresses.delete(scratchKey())
    deps.onRemove(device)
  }

  const scratchKey = (): Key => keyOf(scratchView, 4)

  const put = (entry: DeviceAddress): void => {
    if (!toScratch(entry.ip)) return
    addresses.set(scratchKey(), entry)
    entry.device.addresses.set(entry.ip, entry)
    const dropped = dropOldest(entry.device.addresses, MOST.addresses)
    if (dropped && toScratch(dropped.ip)) addresses.delete(scratchKey())
  }

  const attach = (device: Device, ip: string, nowMs: number, previousMac = ''): DeviceAddress => {
    const entry = {
      ip,
      device,
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
      ifindex: 0,
      countedMs: 0,
      previousMac,
    }
    put(entry)
    deps.onChange(device)
    deps.onAttach(entry)
    return entry
  }

  /** The address has changed hands: what is known of its old owner stays there, but for the name in DNS. */
  const move = (held: DeviceAddress, owner: Device, nowMs: number): DeviceAddress => {
    const before = held.device
    before.addresses.delete(held.ip)
    before.names.delete('dns')
    deps.onChange(before)
    return attach(owner, held.ip, nowMs, before.mac)
  }

  const adopt = (device: Device, mac: string): void => {
    withoutMac--
    device.mac = mac
    macs.set(mac, device)
    deps.onChange(device)
  }

  const absorb = (into: Device, from: Device): void => {
    const entries = [...from.addresses.values()]
    forget(from)
    merge(into, from)
    for (const entry of entries) {
      entry.device = into
      put(entry)
    }
    deps.onChange(into)
  }

  const meet = (view: DataView, at: number, nowMs: number): DeviceAddress | undefined => {
    const known = addresses.get(keyOf(view, at))
    if (known) return known
    const ip = formatAddress(view, at)
    const device = make('', nowMs)
    return device && attach(device, ip, nowMs)
  }

  const meetMac = (mac: string, nowMs: number) => macs.get(mac) ?? make(mac, nowMs)
  const ofIp = (ip: string) => (toScratch(ip) ? addresses.get(scratchKey()) : undefined)

  return {
    devices,
    get refused() {
      return refused
    },
    ofMac: (mac) => macs.get(mac),
    ofIp,
    ofBytes: (view, at) => addresses.get(keyOf(view, at)),
    meetMac,
    meetBytes: meet,
    meetIp: (ip, nowMs) => (toScratch(ip) ? meet(scratchView, 4, nowMs) : undefined),
    bind(mac, ip, sure, nowMs) {
      if (!toScratch(ip) || !isUnicast(scratchView, 4)) return undefined
      const canonical = formatAddress(scratchView, 4)
      const held = addresses.get(scratchKey())
      if (held?.device.mac === mac) return held
      if (held?.device.mac === '') {
        const owner = macs.get(mac)
        if (owner) absorb(owner, held.device)
        else adopt(held.device, mac)
        return held
      }
      if (held && !sure) return undefined
      const owner = meetMac(mac, nowMs)
      if (!owner) return undefined
      return held ? move(held, owner, nowMs) : attach(owner, canonical, nowMs)
    },
    remove: forget,
    restore(device) {
      if (device.mac !== '' && macs.has(device.mac)) return
      if (devices.size >= MAX_DEVICES || !deps.hasRoom()) return
      take(device)
      for (const entry of [...device.addresses.values()]) {
        if (ofIp(entry.ip)) device.addresses.delete(entry.ip)
        else put(entry)
      }
    },
  }
}

/** A number for IPv4, eight UTF-16 units for IPv6: a flow record asks twice, so no text is made. */
const keyOf = (view: DataView, at: number): Key => {
  const isV4 =
    view.getUint32(at + 8) === 0xffff && view.getUint32(at) === 0 && view.getUint32(at + 4) === 0
  if (isV4) return view.getUint32(at + 12)
  const unit = (index: number) => view.getUint16(at + 2 * index)
  return String.fromCharCode(unit(0), unit(1), unit(2), unit(3), unit(4), unit(5), unit(6), unit(7))
}

/** What only one of them knows is kept; where both know, `into` does. */
const merge = (into: Device, from: Device): void => {
  into.firstSeenMs = Math.min(into.firstSeenMs, from.firstSeenMs)
  into.sightings = Math.max(into.sightings, from.sightings)
  seen(into, from.lastSeenMs)
  fill(into.names, from.names)
  fill(into.ports, from.ports)
  fill(into.services, from.services)
  fill(into.roles, from.roles)
  dropOldest(into.ports, MOST.ports)
  if (!isCared(into)) into.given = from.given
  into.reported ??= from.reported
  into.bandwidth ??= from.bandwidth
}

const fill = <K, V>(into: Map<K, V>, from: ReadonlyMap<K, V>): void => {
  for (const [key, value] of from) if (!into.has(key)) into.set(key, value)
}
