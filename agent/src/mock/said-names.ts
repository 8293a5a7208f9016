/** The messages in which hosts of the made-up network say names: DNS, mDNS and the ClientHello of TLS. */
import { addressBytes } from './address-bytes.ts'

const QUERY = 0x0100
const ANSWER = 0x8180
const MDNS_ANSWER = 0x8400
const TTL_SECONDS = 300
const [A, AAAA] = [1, 28]
const HELLO_BYTES = 517

const u16 = (value: number): number[] => [value >> 8, value & 255]

const nameBytes = (name: string): number[] => [
  ...name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]),
  0,
]

const typeOf = (address: string): number => (address.includes(':') ? AAAA : A)

const record = (address: string, name: readonly number[]): number[] => {
  const bytes = addressBytes(address)
  return [
    ...name,
    ...u16(typeOf(address)),
    ...u16(1),
    ...u16(0),
    ...u16(TTL_SECONDS),
    ...u16(bytes.length),
    ...bytes,
  ]
}

/** A question for the address's type of address (RFC 1035 4.1.2). */
const questionBytes = (name: string, address: string): number[] => [
  ...nameBytes(name),
  ...u16(typeOf(address)),
  ...u16(1),
]

const header = (id: number, flags: number, questions: number, answers: number): number[] => [
  ...u16(id),
  ...u16(flags),
  ...u16(questions),
  ...u16(answers),
  ...u16(0),
  ...u16(0),
]

/** What a client asks to get `address`. */
export const dnsQuery = (id: number, name: string, address: string): Uint8Array =>
  Uint8Array.from([...header(id, QUERY, 1, 0), ...questionBytes(name, address)])

/** The question again, and the answer with a pointer to its name (RFC 1035 4.1.4). */
export const dnsAnswer = (id: number, name: string, address: string): Uint8Array =>
  Uint8Array.from([
    ...header(id, ANSWER, 1, 1),
    ...questionBytes(name, address),
    ...record(address, [0xc0, 12]),
  ])

/** A host announces itself (RFC 6762 8.3). */
export const mdnsAnnouncement = (name: string, address: string): Uint8Array =>
  Uint8Array.from([...header(0, MDNS_ANSWER, 0, 1), ...record(address, nameBytes(name))])

const extension = (type: number, data: readonly number[]): number[] => [
  ...u16(type),
  ...u16(data.length),
  ...data,
]

/** A ClientHello of TLS 1.3 in its record (RFC 8446 4.1.2), padded to 517 bytes as browsers do (RFC 7685). */
export const clientHello = (name: string): Uint8Array => {
  const host = [...Buffer.from(name)]
  const extensions = [
    ...extension(0, [...u16(host.length + 3), 0, ...u16(host.length), ...host]),
    ...extension(10, [0, 2, 0, 29]),
    ...extension(13, [0, 4, 4, 3, 8, 4]),
    ...extension(16, [0, 12, 2, ...Buffer.from('h2'), 8, ...Buffer.from('http/1.1')]),
    ...extension(43, [4, 3, 4, 3, 3]),
  ]
  const before = 9 + 2 + 32 + 33 + 8 + 2 + 2
  const padding = HELLO_BYTES - before - extensions.length - 4
  const all = [...extensions, ...extension(21, Array<number>(padding).fill(0))]
  const body = [
    ...[3, 3, ...Array<number>(32).fill(7)],
    ...[32, ...Array<number>(32).fill(9)],
    ...[0, 6, 0x13, 1, 0x13, 2, 0xc0, 0x2b],
    ...[1, 0],
    ...u16(all.length),
    ...all,
  ]
  return Uint8Array.from([22, 3, 1, ...u16(body.length + 4), 1, 0, ...u16(body.length), ...body])
}
