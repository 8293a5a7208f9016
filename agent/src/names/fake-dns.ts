/** Builds DNS messages for tests, names uncompressed. */
import { addressBytes } from '../mock/address-bytes.ts'

interface FakeRecord {
  name: string
  type: number
  ttl?: number
  /** Address text, or bytes as they are. */
  data: string | Uint8Array
}

export interface FakeDns {
  id?: number
  flags?: number
  questions?: readonly (readonly [name: string, type: number])[]
  answers?: readonly FakeRecord[]
}

/** A response without error, recursion desired and available. */
export const RESPONSE = 0x8180

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255]

/** Labels, each with its length, and the root. */
export const nameBytes = (name: string): Uint8Array =>
  Uint8Array.from([
    ...name
      .split('.')
      .filter((label) => label !== '')
      .flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]),
    0,
  ])

export const dnsMessage = (message: FakeDns): Uint8Array => {
  const { questions = [], answers = [] } = message
  return Uint8Array.from([
    ...u16(message.id ?? 1),
    ...u16(message.flags ?? RESPONSE),
    ...u16(questions.length),
    ...u16(answers.length),
    ...u16(0),
    ...u16(0),
    ...questions.flatMap(([name, type]) => [...nameBytes(name), ...u16(type), ...u16(1)]),
    ...answers.flatMap((answer) => recordBytes(answer)),
  ])
}

const recordBytes = ({ name, type, ttl = 60, data }: FakeRecord): number[] => {
  const bytes = typeof data === 'string' ? addressBytes(data) : data
  return [
    ...nameBytes(name),
    ...u16(type),
    ...u16(1),
    ...u16(ttl >>> 16),
    ...u16(ttl & 0xffff),
    ...u16(bytes.length),
    ...bytes,
  ]
}
