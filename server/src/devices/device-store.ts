/** Devices in the server's state database. */
import type { State } from '../state/open-state.ts'
import { createDevice } from './device.ts'
import type { Device, DeviceAddress } from './device.ts'

export interface DeviceStore {
  load(): Device[]
  /** As a whole or not at all; throws what SQLite throws. */
  save(changed: Iterable<Device>, removed: Iterable<string>): void
}

/** What is kept: all but the bandwidth. */
interface Kept extends Omit<
  Device,
  'addresses' | 'names' | 'ports' | 'services' | 'roles' | 'bandwidth'
> {
  addresses: Omit<DeviceAddress, 'device' | 'countedMs' | 'ifindex'>[]
  names: [unknown, unknown][]
  ports: [unknown, unknown][]
  services: [unknown, unknown][]
  roles: [unknown, unknown][]
}

export const createDeviceStore = ({ db, transaction }: State): DeviceStore => {
  const put = db.prepare(
    `INSERT INTO devices (id, agent, mac, last_seen_ms, data) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET mac = excluded.mac, last_seen_ms = excluded.last_seen_ms, data = excluded.data`,
  )
  const drop = db.prepare('DELETE FROM devices WHERE id = ?')
  const all = db.prepare('SELECT data FROM devices ORDER BY last_seen_ms DESC')
  return {
    load: () => all.all().map(({ data }) => fromText(String(data))),
    save: (changed, removed) =>
      transaction(() => {
        for (const id of removed) drop.run(id)
        for (const device of changed)
          put.run(
            device.id,
            device.agent,
            device.mac,
            Math.floor(device.lastSeenMs),
            toText(device),
          )
      }),
  }
}

const toText = (device: Device): string => {
  const { addresses, names, ports, services, roles, bandwidth: _, ...plain } = device
  const kept: Kept = {
    ...plain,
    addresses: [...addresses.values()].map(
      ({ device: _owner, countedMs: _at, ifindex: _if, ...entry }) => entry,
    ),
    names: [...names],
    ports: [...ports],
    services: [...services],
    roles: [...roles],
  }
  return JSON.stringify(kept)
}

/** Written by toText in the same table, which checks that it is JSON. */
const fromText = (text: string): Device => {
  const { addresses, names, ports, services, roles, ...plain } = JSON.parse(text) as Kept
  const device: Device = {
    ...createDevice(plain.id, plain.agent, plain.mac, plain.firstSeenMs),
    ...plain,
    names: new Map(names as [never, never][]),
    ports: new Map(ports as [never, never][]),
    services: new Map(services as [never, never][]),
    roles: new Map(roles as [never, never][]),
  }
  // Interfaces are numbered anew at every start of a host.
  for (const entry of addresses)
    device.addresses.set(entry.ip, { ...entry, device, ifindex: 0, countedMs: 0 })
  return device
}
