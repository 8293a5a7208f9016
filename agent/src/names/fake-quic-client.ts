/** Seals QUIC Initial packets as a client does (RFC 9001 5), for tests. */
import { createCipheriv } from 'node:crypto'
import { joined, u16 } from './fake-client-hello.ts'
import { headerMask } from './quic-initial.ts'
import { clientInitialKeys, quicVersion } from './quic-keys.ts'

export const V1 = 1
export const V2 = 0x6b3343cf

/** On two bytes. */
const varInt = (value: number): number[] => u16(0x4000 | value)

export const cryptoFrame = (offset: number, bytes: Uint8Array): Uint8Array =>
  joined([6], varInt(offset), varInt(bytes.length), bytes)

export interface FakeInitial {
  version?: number
  connectionId?: Uint8Array
  /** Whose keys, where they are not those of connectionId. */
  keysOf?: Uint8Array
  token?: Uint8Array
  packetNumber?: number
  numberBytes?: number
  frames: Uint8Array
}

const CONNECTION_ID = Uint8Array.from(Buffer.from('8394c8f03e515708', 'hex'))

/** A protected Initial packet, of no more than 16 KiB. */
export const sealInitial = (packet: FakeInitial): Uint8Array => {
  const { version = V1, connectionId = CONNECTION_ID, token = joined(), frames } = packet
  const { packetNumber = 2, numberBytes = 4 } = packet
  const known = quicVersion(version)
  if (known === undefined) throw new Error(`no QUIC version ${version}`)
  const keys = clientInitialKeys(known, packet.keysOf ?? connectionId)
  const number = joined(u16(packetNumber >>> 16, packetNumber & 0xffff)).slice(4 - numberBytes)
  const header = joined(
    [0xc0 | (known.initialType << 4) | (numberBytes - 1)],
    u16(version >>> 16, version & 0xffff),
    [connectionId.length],
    connectionId,
    [0, token.length],
    token,
    varInt(numberBytes + frames.length + 16),
    number,
  )
  const nonce = Uint8Array.from(keys.iv)
  number.forEach((byte, i) => (nonce[12 - numberBytes + i]! ^= byte))
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce).setAAD(header)
  const sealed = joined(header, cipher.update(frames), cipher.final(), cipher.getAuthTag())
  const numberAt = header.length - numberBytes
  const mask = headerMask(keys, sealed.subarray(numberAt + 4, numberAt + 20))
  sealed[0]! ^= mask[0]! & 0x0f
  for (let i = 0; i < numberBytes; i++) sealed[numberAt + i]! ^= mask[1 + i]!
  return sealed
}
