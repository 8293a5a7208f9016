/** NetBIOS name service over UDP (RFC 1002 section 4.2): who asks for, registers, and answers to which name. */
import type { NamedHost, NameObservation } from '@netscope/core/observation/name.ts'
import type { PacketObservation } from '@netscope/core/observation/shared-fields.ts'
import { hexOf, ipv4At, textAt } from './wire-text.ts'

const HEADER_BYTES = 12
const [NB, NBSTAT] = [0x20, 0x21]
/** Each half of a byte as a letter from 'A' on, 16 bytes a name (section 4.1). */
const ENCODED_BYTES = 32
const NAME_BYTES = 15
const MAX_QUESTIONS = 4
const MAX_RECORDS = 16
const MAX_HOSTS = 32
const GROUP = 0x8000

interface NetbiosName {
  name: string
  suffix: number
  /** Where the bytes after it begin. */
  end: number
}

/** `at` to `end`: the UDP payload. Undefined without a whole header. */
export const decodeNbns = (
  view: DataView,
  at: number,
  end: number,
  shared: PacketObservation,
): NameObservation | undefined => {
  if (end - at < HEADER_BYTES) return undefined
  const message = new DataView(view.buffer, view.byteOffset + at, end - at)
  const observation: NameObservation = {
    ...shared,
    kind: 'name',
    protocol: 'NBNS',
    id: message.getUint16(0),
    isResponse: (message.getUint16(2) & 0x8000) !== 0,
    questions: [],
    hosts: [],
    services: [],
  }
  if (!readSections(message, observation)) observation.incomplete = true
  return observation
}

/** False if something is malformed, cut off, or more than we keep. */
const readSections = (message: DataView, into: NameObservation): boolean => {
  const questions = message.getUint16(4)
  const records = message.getUint16(6) + message.getUint16(8) + message.getUint16(10)
  if (questions > MAX_QUESTIONS || records > MAX_RECORDS) return false
  let at = HEADER_BYTES
  for (let i = 0; i < questions; i++) {
    const name = readName(message, at)
    if (name === undefined || name.end + 4 > message.byteLength) return false
    into.questions.push({ name: name.name, type: message.getUint16(name.end) })
    at = name.end + 4
  }
  for (let i = 0; i < records; i++) {
    const next = readRecord(message, at, into)
    if (next < 0) return false
    at = next
  }
  return true
}

/** Where the next record begins, -1 if this one can't be read. */
const readRecord = (message: DataView, from: number, into: NameObservation): number => {
  const name = readName(message, from)
  if (name === undefined || name.end + 10 > message.byteLength) return -1
  const at = name.end + 10
  const next = at + message.getUint16(name.end + 8)
  if (next > message.byteLength) return -1
  const type = message.getUint16(name.end)
  if (type === NBSTAT) return readStatus(message, at, next, into) ? next : -1
  if (type === NB) readAddresses(message, name, at, next, into)
  return next
}

/** Flags and address, several for a group. */
const readAddresses = (
  message: DataView,
  { name, suffix, end }: NetbiosName,
  from: number,
  to: number,
  into: NameObservation,
): void => {
  const addresses: string[] = []
  for (let at = from; at + 6 <= to && addresses.length < MAX_HOSTS; at += 6)
    addresses.push(ipv4At(message, at + 2))
  if (addresses.length === 0) return
  const group = (message.getUint16(from) & GROUP) !== 0
  const ttlSeconds = message.getUint32(end + 4)
  into.hosts.push({ name, addresses, ttlSeconds, suffix, group })
}

/** Number of names, 18 bytes each, then the MAC of the unit (section 4.2.18). */
const readStatus = (message: DataView, at: number, end: number, into: NameObservation): boolean => {
  const count = at < end ? message.getUint8(at) : 0
  const names = at + 1
  const mac = names + 18 * count
  if (count === 0 || mac + 6 > end) return false
  for (let i = 0; i < Math.min(count, MAX_HOSTS); i++)
    into.hosts.push(ownName(message, names + 18 * i))
  into.unitMac = hexOf(message, mac, mac + 6, ':')
  return count <= MAX_HOSTS
}

const ownName = (message: DataView, at: number): NamedHost => ({
  name: textAt(message, at, at + NAME_BYTES).trimEnd(),
  addresses: [],
  ttlSeconds: 0,
  suffix: message.getUint8(at + NAME_BYTES),
  group: (message.getUint16(at + 16) & GROUP) !== 0,
})

/** One encoded label, then a scope (labels that we leave out) or nothing; records mostly point to the question. */
const readName = (message: DataView, from: number): NetbiosName | undefined => {
  let at = from
  let end = -1
  if (from + 2 <= message.byteLength && message.getUint8(from) >= 0xc0) {
    at = message.getUint16(from) & 0x3fff
    end = from + 2
    if (at >= from) return undefined
  }
  const label = at + 1
  if (label + ENCODED_BYTES >= message.byteLength || message.getUint8(at) !== ENCODED_BYTES)
    return undefined
  const bytes = new DataView(new ArrayBuffer(NAME_BYTES + 1))
  for (let i = 0; i <= NAME_BYTES; i++) {
    const high = message.getUint8(label + 2 * i) - 0x41
    const low = message.getUint8(label + 2 * i + 1) - 0x41
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined
    bytes.setUint8(i, (high << 4) | low)
  }
  const next = end < 0 ? skipScope(message, label + ENCODED_BYTES) : end
  if (next < 0) return undefined
  const name = textAt(bytes, 0, NAME_BYTES).trimEnd()
  return { name, suffix: bytes.getUint8(NAME_BYTES), end: next }
}

/** After the root label, -1 if there is none. */
const skipScope = (message: DataView, from: number): number => {
  for (let at = from; at < message.byteLength; at += 1 + message.getUint8(at)) {
    if (message.getUint8(at) === 0) return at + 1
    if (message.getUint8(at) > 63) return -1
  }
  return -1
}
