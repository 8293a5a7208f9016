/** QUIC Initial packets of clients, versions 1 and 2 (RFC 9000 17.2, RFC 9001 5, RFC 9369): found, opened, their CRYPTO frames read. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { quicVersion, type InitialKeys, type QuicVersion } from './quic-keys.ts'
import { readVarInt } from './var-int.ts'

export interface InitialPacket {
  version: QuicVersion
  /** Destination connection id. */
  connectionId: Uint8Array
  start: number
  /** Where the packet number is. */
  numberAt: number
  end: number
}

const MAX_CONNECTION_ID_BYTES = 20
/** Of a client's datagram with its Initial: 0-RTT, maybe Handshake. */
const MAX_PACKETS = 8
const SAMPLE_BYTES = 16
const TAG_BYTES = 16
const NUMBER_BYTES = 4

/** The Initial packets among those that share a datagram. */
export const findInitials = (datagram: Uint8Array): InitialPacket[] => {
  const found: InitialPacket[] = []
  let at = 0
  for (let i = 0; i < MAX_PACKETS && at < datagram.length; i++) {
    const packet = readLongHeader(datagram, at)
    if (packet === undefined) break
    if (packet.isInitial) found.push(packet)
    at = packet.end
  }
  return found
}

/** A packet with a length, undefined where there is none. */
const readLongHeader = (
  datagram: Uint8Array,
  start: number,
): (InitialPacket & { isInitial: boolean }) | undefined => {
  const first = datagram[start]!
  if (first < 0x80 || start + 7 > datagram.length) return undefined
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length)
  const version = quicVersion(view.getUint32(start + 1))
  const type = (first >> 4) & 3
  if (version === undefined || type === version.retryType) return undefined
  const destination = connectionIdAt(datagram, start + 5)
  const source = destination && connectionIdAt(datagram, destination.end)
  if (destination === undefined || source === undefined) return undefined
  const isInitial = type === version.initialType
  const token = isInitial ? readVarInt(datagram, source.end) : { value: 0, end: source.end }
  const length = token && readVarInt(datagram, token.end + token.value)
  if (length === undefined || length.end + length.value > datagram.length) return undefined
  return {
    isInitial,
    version,
    connectionId: destination.id,
    start,
    numberAt: length.end,
    end: length.end + length.value,
  }
}

const connectionIdAt = (
  bytes: Uint8Array,
  at: number,
): { id: Uint8Array; end: number } | undefined => {
  const length = bytes[at]
  if (length === undefined || length > MAX_CONNECTION_ID_BYTES) return undefined
  const end = at + 1 + length
  return end > bytes.length ? undefined : { id: bytes.subarray(at + 1, end), end }
}

/**
 * Frames of the packet, undefined where these are not its keys. The packet number is taken as it stands in the
 * packet: a client's first ones are far below where it would be shortened (RFC 9000 17.1).
 */
export const openInitial = (
  datagram: Uint8Array,
  packet: InitialPacket,
  keys: InitialKeys,
): Uint8Array | undefined => {
  const { start, numberAt, end } = packet
  const sampleAt = numberAt + NUMBER_BYTES
  if (end < sampleAt + SAMPLE_BYTES) return undefined
  const mask = headerMask(keys, datagram.subarray(sampleAt, sampleAt + SAMPLE_BYTES))
  const numberBytes = ((datagram[start]! ^ mask[0]!) & 3) + 1
  const header = new Uint8Array(datagram.subarray(start, numberAt + numberBytes))
  header[0]! ^= mask[0]! & 0x0f
  const nonce = Uint8Array.from(keys.iv)
  for (let i = 0; i < numberBytes; i++) {
    const byte = (header[numberAt - start + i]! ^= mask[1 + i]!)
    nonce[nonce.length - numberBytes + i]! ^= byte
  }
  const tagAt = end - TAG_BYTES
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce)
  decipher.setAAD(header)
  decipher.setAuthTag(datagram.subarray(tagAt, end))
  const frames = decipher.update(datagram.subarray(numberAt + numberBytes, tagAt))
  try {
    decipher.final()
    return frames
  } catch {
    return undefined
  }
}

/** RFC 9001 5.4.3 */
export const headerMask = (keys: InitialKeys, sample: Uint8Array): Uint8Array =>
  createCipheriv('aes-128-ecb', keys.headerKey, null).update(sample)

const FRAME = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6 } as const

/** Visits the CRYPTO frames before the first frame that is damaged or doesn't belong here (RFC 9000 17.2.2). */
export const visitCrypto = (
  frames: Uint8Array,
  visit: (offset: number, bytes: Uint8Array) => void,
): void => {
  let at: number | undefined = 0
  while (at !== undefined && at < frames.length) {
    const type = frames[at++]
    if (type === FRAME.padding || type === FRAME.ping) continue
    if (type === FRAME.ack || type === FRAME.ackEcn) {
      at = endOfAck(frames, at, type === FRAME.ackEcn)
      continue
    }
    if (type !== FRAME.crypto) return
    const offset = readVarInt(frames, at)
    const length = offset && readVarInt(frames, offset.end)
    if (offset === undefined || length === undefined) return
    at = length.end + length.value
    if (at > frames.length) return
    visit(offset.value, frames.subarray(length.end, at))
  }
}

/** RFC 9000 19.3: largest, delay, number of ranges, first range, two for each range, three counts of ECN. */
const endOfAck = (frames: Uint8Array, start: number, ecn: boolean): number | undefined => {
  let at = start
  let left = 4
  for (let i = 0; i < left; i++) {
    const number = readVarInt(frames, at)
    if (number === undefined) return undefined
    if (i === 2) left += 2 * number.value + (ecn ? 3 : 0)
    at = number.end
  }
  return at
}
