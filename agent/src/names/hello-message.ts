/** Finds the first handshake message (RFC 8446 4) in a stream of which maybe only the beginning is there. */
import { parseClientHello, type ClientHello } from './tls-client-hello.ts'

/** A hello, or that more bytes are needed, or that it isn't one. */
export type HelloResult = ClientHello | 'incomplete' | 'none'

const CLIENT_HELLO = 1
const HANDSHAKE_HEADER_BYTES = 4
const HANDSHAKE_RECORD = 22
const RECORD_HEADER_BYTES = 5
/** RFC 8446 5.1 */
const MAX_RECORD_BYTES = 16384

/** From handshake bytes, as QUIC's CRYPTO frames carry them. */
export const helloInMessage = (bytes: Uint8Array, maxBytes: number): HelloResult => {
  if (bytes.length > 0 && bytes[0] !== CLIENT_HELLO) return 'none'
  if (bytes.length < HANDSHAKE_HEADER_BYTES) return 'incomplete'
  const end = HANDSHAKE_HEADER_BYTES + ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!)
  if (end > maxBytes) return 'none'
  if (bytes.length < end) return 'incomplete'
  return parseClientHello(bytes.subarray(HANDSHAKE_HEADER_BYTES, end)) ?? 'none'
}

/** From TLS records, over which the message may be spread. */
export const helloInRecords = (stream: Uint8Array, maxBytes: number): HelloResult => {
  const message = new Uint8Array(stream.length)
  let filled = 0
  for (let at = 0; ;) {
    if (!mayBeginRecord(stream, at)) return 'none'
    if (at + RECORD_HEADER_BYTES > stream.length) return 'incomplete'
    const length = (stream[at + 3]! << 8) | stream[at + 4]!
    if (length === 0 || length > MAX_RECORD_BYTES) return 'none'
    const next = at + RECORD_HEADER_BYTES + length
    const fragment = stream.subarray(at + RECORD_HEADER_BYTES, next)
    message.set(fragment, filled)
    filled += fragment.length
    const result = helloInMessage(message.subarray(0, filled), maxBytes)
    if (result !== 'incomplete' || next > stream.length) return result
    at = next
  }
}

/** Whether what there is of the bytes at `at` is how a handshake record begins: type and major version. */
const mayBeginRecord = (bytes: Uint8Array, at: number): boolean => {
  const [type = HANDSHAKE_RECORD, major = 3, minor = 0] = bytes.subarray(at, at + 3)
  return type === HANDSHAKE_RECORD && major === 3 && minor <= 4
}

/** Whether a TCP segment can be the beginning of a ClientHello, were it only one byte of it. */
export const mayBeginHello = (segment: Uint8Array): boolean =>
  segment.length > 0 &&
  mayBeginRecord(segment, 0) &&
  (segment[RECORD_HEADER_BYTES] ?? CLIENT_HELLO) === CLIENT_HELLO
