/** Addresses of devices that the network can't do without: routers, servers of names and of addresses. */
import type { Device } from '../devices/device.ts'

const ROLES = ['router', 'DNS server', 'DHCP server'] as const

export function* infrastructureOf(devices: Iterable<Device>): Generator<string> {
  for (const { roles, addresses } of devices)
    if (ROLES.some((role) => roles.has(role))) yield* addresses.keys()
}
