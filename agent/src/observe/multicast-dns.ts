/**
 * DNS messages as mDNS (RFC 6762) and LLMNR (RFC 4795) send them: records in all three sections, names that
 * people gave, in UTF-8 and with their capitals. Its cost is bounded by the message's length and MAX_RECORDS.
 */
import { readDnsName } from '../names/dns-name.ts'
import { harmless, ipv4At, ipv6At, textAt } from './wire-text.ts'

export interface LocalRecord {
  /** Labels with escaped dots and backslashes (RFC 1035 section 5.1), without the last dot. */
  name: string
  type: number
  ttlSeconds: number
  /** Address of A and AAAA, name of PTR and SRV target. */
  data?: string
  /** SRV */
  port?: number
  /** TXT */
  text?: string[]
}

export interface LocalMessage {
  id: number
  isResponse: boolean
  questions: { name: string; type: number }[]
  records: LocalRecord[]
  /** Something is cut off, malformed, or more than we keep. */
  incomplete: boolean
}

const HEADER_BYTES = 12
const MAX_QUESTIONS = 32
const MAX_RECORDS = 128
const MAX_STRINGS = 32
const MAX_TTL = 0x7fffffff
const [A, PTR, TXT, AAAA, SRV] = [1, 12, 16, 28, 33]

/** `at` to `end`: the UDP payload. Undefined without a whole header. */
export const readLocalMessage = (
  view: DataView,
  from: number,
  end: number,
): LocalMessage | undefined => {
  if (end - from < HEADER_BYTES) return undefined
  const message = new DataView(view.buffer, view.byteOffset + from, end - from)
  const counts = [4, 6, 8, 10].map((at) => message.getUint16(at))
  const [questionCount = 0, ...recordCounts] = counts
  const recordCount = recordCounts.reduce((sum, count) => sum + count, 0)
  const read: LocalMessage = {
    id: message.getUint16(0),
    isResponse: (message.getUint16(2) & 0x8000) !== 0,
    questions: [],
    records: [],
    incomplete: questionCount > MAX_QUESTIONS || recordCount > MAX_RECORDS,
  }
  let at = readQuestions(message, questionCount, read)
  // What a query has in its answer section it knows from others (RFC 6762 section 7.1).
  const knownAnswers = read.isResponse ? 0 : (recordCounts[0] ?? 0)
  for (let i = 0; i < Math.min(recordCount, MAX_RECORDS) && at > 0; i++)
    at = readRecord(message, at, i < knownAnswers ? undefined : read)
  if (at < 0) read.incomplete = true
  return read
}

/** Both return where the next one begins, -1 when that can't be known. */
const readQuestions = (message: DataView, count: number, into: LocalMessage): number => {
  let at = HEADER_BYTES
  for (let i = 0; i < count; i++) {
    const name = nameAt(message, at)
    if (i === MAX_QUESTIONS || name === undefined || name.end + 4 > message.byteLength) return -1
    into.questions.push({ name: name.text, type: message.getUint16(name.end) })
    at = name.end + 4
  }
  return at
}

const readRecord = (message: DataView, from: number, into: LocalMessage | undefined): number => {
  const name = nameAt(message, from)
  if (name === undefined || name.end + 10 > message.byteLength) return -1
  const at = name.end + 10
  const next = at + message.getUint16(name.end + 8)
  if (next > message.byteLength) return -1
  if (into === undefined) return next
  const type = message.getUint16(name.end)
  const ttl = message.getUint32(name.end + 4)
  const values = READERS[type]?.(message, at, next) ?? {}
  if (values === MALFORMED) into.incomplete = true
  // A TTL with the top bit set counts as 0 (RFC 2181 section 8).
  else into.records.push({ name: name.text, type, ttlSeconds: ttl > MAX_TTL ? 0 : ttl, ...values })
  return next
}

type Values = Pick<LocalRecord, 'data' | 'port' | 'text'>
const MALFORMED: Values = {}

const target = (message: DataView, at: number, end: number): Values => {
  const name = at < end ? nameAt(message, at) : undefined
  return name === undefined || name.end > end ? MALFORMED : { data: name.text }
}

const readService = (message: DataView, at: number, end: number): Values => {
  if (end - at < 7) return MALFORMED
  const values = target(message, at + 6, end)
  return values === MALFORMED ? MALFORMED : { ...values, port: message.getUint16(at + 4) }
}

/** Strings with a byte of length each (RFC 6763 section 6.1); empty ones say nothing. */
const readText = (message: DataView, from: number, end: number): Values => {
  const text: string[] = []
  for (let at = from; at < end;) {
    const next = at + 1 + message.getUint8(at)
    if (next > end) return MALFORMED
    if (next > at + 1 && text.length < MAX_STRINGS) text.push(textAt(message, at + 1, next))
    at = next
  }
  return { text }
}

const READERS: Readonly<Record<number, (message: DataView, at: number, end: number) => Values>> = {
  [A]: (message, at, end) => (end - at === 4 ? { data: ipv4At(message, at) } : MALFORMED),
  [AAAA]: (message, at, end) => (end - at === 16 ? { data: ipv6At(message, at) } : MALFORMED),
  [PTR]: target,
  [SRV]: readService,
  [TXT]: readText,
}

const nameAt = (message: DataView, at: number) =>
  readDnsName(new Uint8Array(message.buffer, message.byteOffset, message.byteLength), at, label)

const utf8 = new TextDecoder()
const label = (bytes: Uint8Array, start: number, end: number): string =>
  harmless(utf8.decode(bytes.subarray(start, end))).replace(/[.\\]/g, '\\$&')
