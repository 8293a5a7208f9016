/** Keys of QUIC's client Initial packets, which anybody can derive from the packet (RFC 9001 5.2, RFC 9369 3.3). */
import { createHmac } from 'node:crypto'

export interface QuicVersion {
  /** Of the two type bits in a long header. */
  initialType: number
  retryType: number
  salt: Uint8Array
  labels: 'quic' | 'quicv2'
}

export interface InitialKeys {
  key: Uint8Array
  iv: Uint8Array
  headerKey: Uint8Array
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

const VERSIONS: ReadonlyMap<number, QuicVersion> = new Map([
  [
    1,
    {
      initialType: 0,
      retryType: 3,
      salt: bytesOf('38762cf7f55934b34d179ae6a4c80cadccbb7f0a'),
      labels: 'quic',
    },
  ],
  [
    0x6b3343cf,
    {
      initialType: 1,
      retryType: 0,
      salt: bytesOf('0dede3def700a6db819381be6e269dcbf9bd2ed9'),
      labels: 'quicv2',
    },
  ],
])

/** What we know of a version number: 1 and 2. */
export const quicVersion = (number: number): QuicVersion | undefined => VERSIONS.get(number)

/** `connectionId`: the destination's in the first Initial that the client sent, or sent after a Retry. */
export const clientInitialKeys = (version: QuicVersion, connectionId: Uint8Array): InitialKeys => {
  const initialSecret = createHmac('sha256', version.salt).update(connectionId).digest()
  const secret = expandLabel(initialSecret, 'client in', 32)
  return {
    key: expandLabel(secret, `${version.labels} key`, 16),
    iv: expandLabel(secret, `${version.labels} iv`, 12),
    headerKey: expandLabel(secret, `${version.labels} hp`, 16),
  }
}

/** HKDF-Expand-Label (RFC 8446 7.1) without context, of one block of SHA-256 at most. */
const expandLabel = (secret: Uint8Array, label: string, length: number): Uint8Array => {
  const full = `tls13 ${label}`
  return createHmac('sha256', secret)
    .update(Uint8Array.of(0, length, full.length))
    .update(full, 'latin1')
    .update(Uint8Array.of(0, 1))
    .digest()
    .subarray(0, length)
}
