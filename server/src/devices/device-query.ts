/** Which devices are asked for, and in which order. */
import { encodePrefix, type Prefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Device } from './device.ts'
import { addressOf } from './device-row.ts'
import type { DeviceRow, DeviceStatus } from './device-row.ts'

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

export const createDeviceTest = (
  filter: DeviceFilter,
): ((device: Device, row: DeviceRow) => boolean) => {
  const { agent, status, role, mac, trusted } = filter
  const holds = filter.ip && createIpTest(filter.ip)
  const words = filter.q?.toLowerCase()
  return (device, row) =>
    (agent === undefined || row.agent_id === agent) &&
    (status === undefined || row.status === status) &&
    (role === undefined || row.role === role || row.roles.includes(role)) &&
    (mac === undefined || row.mac === mac) &&
    (trusted === undefined || (row.trusted ?? false) === trusted) &&
    (holds === undefined || [...device.addresses.keys()].some(holds)) &&
    (words === undefined || hasWords(device, row, words))
}

const createIpTest = (prefix: Prefix): ((ip: string) => boolean) => {
  const test = prefixTest(prefix)
  const bytes = new Uint8Array(PREFIX_BYTES)
  const view = new DataView(bytes.buffer)
  return (ip) => encodePrefix(ip, bytes, 0) === undefined && test(view, 4)
}

const hasWords = (device: Device, row: DeviceRow, words: string): boolean =>
  [row.name, row.hostname, row.vendor, row.role, row.mac, ...device.addresses.keys()].some((text) =>
    text.toLowerCase().includes(words),
  )

/** By what devices are sorted, ascending; the id comes last, so that no two are equal. */
export const sortKeyOf: Readonly<
  Record<DeviceSort, (device: Device, row: DeviceRow) => (string | number)[]>
> = {
  created_at: ({ firstSeenMs, id }) => [firstSeenMs, id],
  '-last_seen': ({ lastSeenMs, id }) => [-lastSeenMs, id],
  '-bandwidth': ({ id }, row) => [-(row.bandwidth_tx_bps + row.bandwidth_rx_bps), id],
  // Those without a name come last.
  hostname: ({ id }, row) => [(row.name || row.hostname).toLowerCase() || '\uffff', id],
  ip: (device) => [addressKey(addressOf(device)), device.id],
}

/** Texts in the order of the addresses, IPv4 first, none last. */
const addressKey = (ip: string): string => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  if (encodePrefix(ip, bytes, 0) !== undefined) return '9'
  return (ip.includes(':') ? '6' : '4') + Buffer.from(bytes.subarray(4)).toString('hex')
}
