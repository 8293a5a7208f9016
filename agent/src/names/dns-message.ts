/**
 * DNS messages (RFC 1035 4), as far as names and latency need them. Not by the library dns-packet 5.6.1, which we
 * tried: one 64 KiB message of chained pointers holds it for 440 ms, a label `www.bank` reads as two, bytes that are
 * no UTF-8 get lost, and a message cut within an address gives an address. This reader's cost is bounded by the
 * message's length, and what was whole before a cut counts.
 */
import { formatAddress } from '@netscope/core/address.ts'
import { readDnsName } from './dns-name.ts'

export interface DnsQuestion {
  /** Lower case, printable (RFC 1035 5.1 escapes), without the last dot; the root is '.'. */
  name: string
  type: number
}

export interface DnsRecord extends DnsQuestion {
  ttlSeconds: number
  /** Address of A and AAAA, name of CNAME, PTR and SRV target; undefined for other types and for damaged data. */
  data: string | undefined
}

export interface DnsMessage {
  id: number
  isResponse: boolean
  opcode: number
  /** The four bits of the header, without those of EDNS (RFC 6891 6.1.3). */
  rcode: number
  /** The server had more to say than fitted: the TC bit. */
  truncated: boolean
  questions: DnsQuestion[]
  /** Of the answer section only. */
  answers: DnsRecord[]
  /** The answers end before the header's count is reached: bytes missing, damaged, or over our limit. */
  cutOff: boolean
}

export const DNS_TYPE = { a: 1, cname: 5, ptr: 12, aaaa: 28, srv: 33 } as const

const HEADER_BYTES = 12
/** Resolvers ask one, mDNS a handful. */
const MAX_QUESTIONS = 64
/** As many as fit a message of 8 KiB, with pointers for names. */
const MAX_ANSWERS = 512
/** Of all names and data of the answers: pointers can make 64 KiB into 1 MiB of text. */
const MAX_ANSWER_CHARS = 32_768
const CLASS_INTERNET = 1
/** The top bit of a class is mDNS' (RFC 6762 10.2, 5.4). */
const CLASS_MASK = 0x7fff
const SRV_TARGET_AT = 6

/** The message, or undefined where the header or a question can't be read. */
export const parseDnsMessage = (payload: Uint8Array): DnsMessage | undefined => {
  if (payload.length < HEADER_BYTES) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  const flags = view.getUint16(2)
  const questionCount = view.getUint16(4)
  if (questionCount > MAX_QUESTIONS) return undefined
  const questions: DnsQuestion[] = []
  let at = HEADER_BYTES
  for (let i = 0; i < questionCount; i++) {
    const name = readDnsName(payload, at)
    if (name === undefined || name.end + 4 > payload.length) return undefined
    questions.push({ name: name.text, type: view.getUint16(name.end) })
    at = name.end + 4
  }
  const answers: DnsRecord[] = []
  const cutOff = !readAnswers(payload, view, at, answers)
  return {
    id: view.getUint16(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    rcode: flags & 15,
    truncated: (flags & 0x0200) !== 0,
    questions,
    answers,
    cutOff,
  }
}

/** Reads into `answers`; returns whether all were there. */
const readAnswers = (
  payload: Uint8Array,
  view: DataView,
  start: number,
  answers: DnsRecord[],
): boolean => {
  const count = view.getUint16(6)
  let at = start
  let chars = 0
  for (let i = 0; i < count; i++) {
    const isTooMuch = i >= MAX_ANSWERS || chars > MAX_ANSWER_CHARS
    const name = isTooMuch ? undefined : readDnsName(payload, at)
    if (name === undefined || name.end + 10 > payload.length) return false
    const dataAt = name.end + 10
    at = dataAt + view.getUint16(name.end + 8)
    if (at > payload.length) return false
    const type = view.getUint16(name.end)
    const isInternet = (view.getUint16(name.end + 2) & CLASS_MASK) === CLASS_INTERNET
    const ttl = view.getUint32(name.end + 4)
    const data = isInternet ? readData(payload, view, type, dataAt, at) : undefined
    chars += name.text.length + (data?.length ?? 0)
    answers.push({
      name: name.text,
      type,
      // A TTL with the top bit set counts as 0 (RFC 2181 8).
      ttlSeconds: ttl > 0x7fffffff ? 0 : ttl,
      data,
    })
  }
  return true
}

const readData = (
  payload: Uint8Array,
  view: DataView,
  type: number,
  at: number,
  end: number,
): string | undefined => {
  switch (type) {
    case DNS_TYPE.a:
      return end - at === 4 ? payload.subarray(at, end).join('.') : undefined
    case DNS_TYPE.aaaa:
      return end - at === 16 ? formatAddress(view, at) : undefined
    case DNS_TYPE.cname:
    case DNS_TYPE.ptr:
      return nameWithin(payload, at, end)
    case DNS_TYPE.srv:
      return nameWithin(payload, at + SRV_TARGET_AT, end)
    default:
      return undefined
  }
}

/** A name whose bytes, but for what pointers add, lie within the record. */
const nameWithin = (payload: Uint8Array, at: number, end: number): string | undefined => {
  const name = readDnsName(payload, at)
  return name !== undefined && name.end <= end ? name.text : undefined
}

/** Messages of one segment at most; nobody pipelines more. */
const MAX_MESSAGES = 64

/** The whole messages of a TCP segment that begins with one: each after its length (RFC 1035 4.2.2). */
export const splitDnsOverTcp = (segment: Uint8Array): Uint8Array[] => {
  const messages: Uint8Array[] = []
  let at = 0
  while (messages.length < MAX_MESSAGES) {
    const [high, low] = [segment[at], segment[at + 1]]
    if (high === undefined || low === undefined) break
    const length = (high << 8) | low
    const message = segment.subarray(at + 2, at + 2 + length)
    if (length < HEADER_BYTES || message.length < length) break
    messages.push(message)
    at += 2 + length
  }
  return messages
}
