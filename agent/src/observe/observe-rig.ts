/** Builds frames of link-level and configuration protocols for tests, and decodes them. */
import type { Observation } from '@netscope/core/observation.ts'
import { addressBytes } from '../mock/address-bytes.ts'
import { ethernet, icmpv6, ip, udp, type EthernetHeader } from '../mock/packet.ts'
import { decodeFrame, type FrameMeta } from './decode-frame.ts'

export const MAC_A = '02:00:00:00:00:01'
export const MAC_B = '02:00:00:00:00:02'
export const BROADCAST = 'ff:ff:ff:ff:ff:ff'
export const NO_MAC = '00:00:00:00:00:00'

export const META: FrameMeta = {
  timeMs: 1_700_000_000_000,
  interface: 'eth0',
  ifindex: 2,
  direction: 'INGRESS',
  vlan: 0,
}

/** Numbers are bytes; IP addresses, MACs and texts become theirs. */
export const join = (...parts: readonly (number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))
export const mac = (text: string): Uint8Array =>
  Uint8Array.from(text.split(':'), (pair) => Number.parseInt(pair, 16))
export const address = addressBytes
export const text = (value: string): Uint8Array => new TextEncoder().encode(value)
export const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255]
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)]

/** The first of several fields of an ARP packet that a test wants otherwise. */
export interface ArpFields {
  operation?: number
  senderMac?: string
  senderIp?: string
  targetMac?: string
  targetIp?: string
  hardwareType?: number
  hardwareBytes?: number
  protocolBytes?: number
}

export const arp = (fields: ArpFields = {}): Uint8Array =>
  join(
    ...u16(fields.hardwareType ?? 1),
    ...u16(0x0800),
    fields.hardwareBytes ?? 6,
    fields.protocolBytes ?? 4,
    ...u16(fields.operation ?? 1),
    mac(fields.senderMac ?? MAC_A),
    address(fields.senderIp ?? '192.0.2.1'),
    mac(fields.targetMac ?? NO_MAC),
    address(fields.targetIp ?? '192.0.2.2'),
  )

/** An ARP frame; `to`: destination of the frame. */
export const arpFrame = (fields: ArpFields, to = BROADCAST, from = MAC_A): Uint8Array =>
  ethernet(arp(fields), { src: mac(from), dst: mac(to), etherType: 0x0806 })

/** An option of Neighbor Discovery: type and data, whose length makes whole units of 8 bytes. */
export const ndpOption = (type: number, ...data: readonly (number | Uint8Array)[]): Uint8Array => {
  const bytes = join(...data)
  return join(type, (bytes.length + 2) >> 3, bytes)
}

/** An ICMPv6 frame from `fe80::1`; `rest` is the second word of the message. */
export const ndpFrame = (
  type: number,
  rest: number,
  data: Uint8Array,
  { src = 'fe80::1', dst = 'ff02::1', ttl = 255 } = {},
): Uint8Array =>
  ethernet(ip({ src, dst, ttl }, icmpv6(type, 0, rest, Uint8Array.from(data))), {}, false)

/** A UDP frame between these ports, from one station to another. */
export const udpFrame = (
  srcPort: number,
  dstPort: number,
  data: Uint8Array,
  { src = '192.0.2.1', dst = '192.0.2.2' } = {},
  header: EthernetHeader = {},
): Uint8Array => ethernet(ip({ src, dst }, udp(srcPort, dstPort, data)), header, false)

export interface DhcpFields {
  operation?: number
  xid?: number
  yourIp?: string
  clientMac?: string
  /** 64 and 128 bytes, which may hold options. */
  serverName?: Uint8Array
  file?: Uint8Array
  options?: readonly Uint8Array[]
}

export const dhcpOption = (code: number, ...data: readonly (number | Uint8Array)[]): Uint8Array => {
  const bytes = join(...data)
  return join(code, bytes.length, bytes)
}

export const dhcp = (fields: DhcpFields = {}): Uint8Array => {
  const header = new Uint8Array(240)
  header.set([fields.operation ?? 1, 1, 6])
  header.set(u32(fields.xid ?? 0x12345678), 4)
  header.set(address(fields.yourIp ?? '0.0.0.0'), 16)
  header.set(mac(fields.clientMac ?? MAC_A), 28)
  header.set(fields.serverName ?? [], 44)
  header.set(fields.file ?? [], 108)
  header.set([0x63, 0x82, 0x53, 0x63], 236)
  return join(header, ...(fields.options ?? []), 255)
}

export const dhcpv6Option = (
  code: number,
  ...data: readonly (number | Uint8Array)[]
): Uint8Array => {
  const bytes = join(...data)
  return join(...u16(code), ...u16(bytes.length), bytes)
}

/** Labels, each with its length, and the root. */
export const domainName = (name: string): Uint8Array =>
  join(...name.split('.').flatMap((label) => [text(label).length, text(label)]), 0)

/** A record of class IN. */
export const record = (
  name: Uint8Array,
  type: number,
  ttlSeconds: number,
  ...data: readonly (number | Uint8Array)[]
): Uint8Array => {
  const bytes = join(...data)
  return join(name, ...u16(type), ...u16(1), ...u32(ttlSeconds), ...u16(bytes.length), bytes)
}

export interface NameMessage {
  id?: number
  flags?: number
  questions?: readonly Uint8Array[]
  answers?: readonly Uint8Array[]
  authority?: readonly Uint8Array[]
  additional?: readonly Uint8Array[]
}

export const nameMessage = (message: NameMessage): Uint8Array => {
  const sections = [message.questions, message.answers, message.authority, message.additional]
  return join(
    ...u16(message.id ?? 0),
    ...u16(message.flags ?? 0x8400),
    ...sections.flatMap((section) => u16(section?.length ?? 0)),
    ...sections.flatMap((section) => section ?? []),
  )
}

/** A name of 16 bytes in NetBIOS' encoding, with its label length and root. */
export const netbiosName = (name: string, suffix: number): Uint8Array =>
  join(
    32,
    ...join(text(name.padEnd(15)), suffix).reduce<number[]>(
      (letters, byte) => [...letters, 0x41 + (byte >> 4), 0x41 + (byte & 15)],
      [],
    ),
    0,
  )

/** Fails the test where a frame gives no record of this kind. */
export const decode = <Kind extends Observation['kind']>(
  kind: Kind,
  frame: Uint8Array,
): Extract<Observation, { kind: Kind }> => {
  const observation = decodeFrame(frame, 14, META)
  if (observation?.kind !== kind) throw new Error(`no ${kind}: ${JSON.stringify(observation)}`)
  return observation as Extract<Observation, { kind: Kind }>
}
