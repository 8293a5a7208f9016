/** Which devices are asked for, and in which order. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Device } from './device.ts'
import { addressOf, hostnameOf, ratesOf, roleOf, statusOf, vendorOf } from './device-row.ts'
import type { DeviceStatus } from './device-row.ts'

export type DeviceSort = 'created_at' | '-last_seen' | '-bandwidth' | 'hostname' | 'ip'

/** All that are given must hold. */
export interface DeviceFilter {
  agent?: string | undefined
  status?: DeviceStatus | undefined
  role?: string | undefined
  mac?: string | undefined
  /** Any of its addresses lies in it. */
  ip?: Prefix | undefined
  trusted?: boolean | undefined
  /** Part of name, host name, vendor, role, MAC or an address, without regard to case. */
  q?: string | undefined
}

/** `isKnown`: whether the agent of a device is there. */
export const createDeviceTest = (
  { agent, status, role, mac, ip, trusted, q }: DeviceFilter,
  { nowMs, isKnown }: { nowMs: number; isKnown(device: Device): boolean },
): ((device: Device) => boolean) => {
  const tests: ((device: Device) => boolean)[] = []
  const lies = ip && createIpTest(ip)
  const words = q?.toLowerCase()
  if (agent !== undefined) tests.push((device) => device.agent === agent)
  if (mac !== undefined) tests.push((device) => device.mac === mac)
  if (trusted !== undefined) tests.push(({ given }) => (given.trusted ?? false) === trusted)
  if (role !== undefined) tests.push((device) => hasRole(device, role))
  if (lies) tests.push(({ addresses }) => [...addresses.keys()].some(lies))
  if (words !== undefined) tests.push((device) => hasWords(device, words))
  if (status !== undefined)
    tests.push((device) => statusOf(device, nowMs, isKnown(device)) === status)
  return (device) => tests.every((test) => test(device))
}

const hasRole = (device: Device, role: string): boolean =>
  roleOf(device) === role || [...device.roles.keys()].some((guess) => guess === role)

const createIpTest = (prefix: Prefix): ((ip: string) => boolean) => {
  const test = prefixTest(prefix)
  const bytes = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(bytes.buffer)
  return (ip) => encodePrefix(ip, bytes, 0) === undefined && test(view, 4)
}

const hasWords = (device: Device, words: string): boolean =>
  [
    device.given.name,
    hostnameOf(device),
    vendorOf(device),
    roleOf(device),
    device.mac,
    ...device.addresses.keys(),
  ].some((text) => text.toLowerCase().includes(words))

/** By what devices are sorted, ascending; the id comes last, so that no two are equal. */
export const sortKeyOf: Readonly<
  Record<DeviceSort, (device: Device, nowMs: number) => (string | number)[]>
> = {
  created_at: ({ firstSeenMs, id }) => [firstSeenMs, id],
  '-last_seen': ({ lastSeenMs, id }) => [-lastSeenMs, id],
  '-bandwidth'(device, nowMs) {
    const { txBps, rxBps } = ratesOf(device, nowMs)
    return [-(txBps + rxBps), device.id]
  },
  // Those without a name come last.
  hostname: (device) => [
    (device.given.name || hostnameOf(device)).toLowerCase() || '\uFFFF',
    device.id,
  ],
  ip: (device) => [addressKey(addressOf(device)), device.id],
}

/** Texts in the order of the addresses, IPv4 first, none last. */
const addressKey = (ip: string): string => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  if (encodePrefix(ip, bytes, 0) !== undefined) return '9'
  return (ip.includes(':') ? '6' : '4') + Buffer.from(bytes.subarray(4)).toString('hex')
}
