/** TLS and DTLS ClientHello messages (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6347 4.2.1), by what names and fingerprints need. */
import { hostName } from './host-name.ts'
import { printableText } from './printable-byte.ts'

export interface ClientHello {
  /** Host name that the client asks for; undefined also where it is no valid name. */
  sni: string | undefined
  /** Printable, other bytes as `\DDD`. */
  alpn: string[]
  /** Bytes of the first ALPN value, which JA4 looks at. */
  firstAlpn: Uint8Array
  /** legacy_version: TLS 1.3 says 0x0303 here, see supportedVersions. */
  version: number
  ciphers: number[]
  extensions: number[]
  signatureAlgorithms: number[]
  supportedVersions: number[]
  supportedGroups: number[]
}

export const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  supportedVersions: 43,
} as const

const MAX_ALPN = 32
const RANDOM_BYTES = 32
const MAX_SESSION_ID_BYTES = 32
const NO_BYTES = new Uint8Array(0)

/** Walks through bytes; what isn't there is undefined, and then all that follows. */
interface Reader {
  u8(): number | undefined
  u16(): number | undefined
  take(length: number | undefined): Uint8Array | undefined
  atEnd(): boolean
}

const readerOf = (bytes: Uint8Array): Reader => {
  let at = 0
  const u8 = (): number | undefined => bytes[at++]
  return {
    u8,
    u16: () => {
      const [high, low] = [u8(), u8()]
      return high === undefined || low === undefined ? undefined : (high << 8) | low
    },
    take: (length) => {
      if (length === undefined || length > bytes.length - at) return undefined
      at += length
      return bytes.subarray(at - length, at)
    },
    atEnd: () => at >= bytes.length,
  }
}

/** The hello in the body of a handshake message, undefined where its framing is damaged. */
export const parseClientHello = (body: Uint8Array): ClientHello | undefined => {
  const reader = readerOf(body)
  const version = reader.u16()
  const random = reader.take(RANDOM_BYTES)
  const sessionId = reader.take(reader.u8())
  if (version === undefined || random === undefined || sessionId === undefined) return undefined
  if (sessionId.length > MAX_SESSION_ID_BYTES || !isClientVersion(version)) return undefined
  if (isDtls(version) && reader.take(reader.u8()) === undefined) return undefined
  const ciphers = numbers(reader.take(reader.u16()))
  const compression = reader.take(reader.u8())
  if (ciphers === undefined || ciphers.length === 0 || compression === undefined) return undefined
  const hello: ClientHello = {
    sni: undefined,
    alpn: [],
    firstAlpn: NO_BYTES,
    version,
    ciphers,
    extensions: [],
    signatureAlgorithms: [],
    supportedVersions: [],
    supportedGroups: [],
  }
  // A hello of before RFC 4366 ends here.
  if (reader.atEnd()) return hello
  const extensions = reader.take(reader.u16())
  return extensions !== undefined && readExtensions(extensions, hello) ? hello : undefined
}

const isDtls = (version: number): boolean => version >> 8 === 0xfe
const isClientVersion = (version: number): boolean => version >> 8 === 3 || isDtls(version)

const readExtensions = (bytes: Uint8Array, hello: ClientHello): boolean => {
  const reader = readerOf(bytes)
  while (!reader.atEnd()) {
    const type = reader.u16()
    const data = reader.take(reader.u16())
    if (type === undefined || data === undefined) return false
    hello.extensions.push(type)
    readExtension(type, data, hello)
  }
  return true
}

/** What the data of one extension say; damaged data say nothing. */
const readExtension = (type: number, data: Uint8Array, hello: ClientHello): void => {
  const reader = readerOf(data)
  switch (type) {
    case EXTENSION.serverName:
      hello.sni ??= serverName(data)
      break
    case EXTENSION.supportedGroups:
      hello.supportedGroups = numbers(reader.take(reader.u16())) ?? []
      break
    case EXTENSION.signatureAlgorithms:
      hello.signatureAlgorithms = numbers(reader.take(reader.u16())) ?? []
      break
    case EXTENSION.supportedVersions:
      hello.supportedVersions = numbers(reader.take(reader.u8())) ?? []
      break
    case EXTENSION.alpn:
      readAlpn(reader.take(reader.u16()), hello)
  }
}

/** The first name of type host_name (RFC 6066 3). */
const serverName = (data: Uint8Array): string | undefined => {
  const reader = readerOf(data)
  const list = reader.take(reader.u16())
  if (list === undefined) return undefined
  const names = readerOf(list)
  const type = names.u8()
  const name = names.take(names.u16())
  if (type !== 0 || name === undefined) return undefined
  return hostName(printableText(name))
}

const readAlpn = (list: Uint8Array | undefined, hello: ClientHello): void => {
  if (list === undefined) return
  const reader = readerOf(list)
  while (!reader.atEnd() && hello.alpn.length < MAX_ALPN) {
    const value = reader.take(reader.u8())
    if (value === undefined) return
    if (hello.alpn.length === 0) hello.firstAlpn = new Uint8Array(value)
    hello.alpn.push(printableText(value))
  }
}

/** A list of 16-bit numbers, undefined without one or with half a number. */
const numbers = (bytes: Uint8Array | undefined): number[] | undefined => {
  if (bytes === undefined || bytes.length % 2 !== 0) return undefined
  const list: number[] = []
  for (let i = 0; i < bytes.length; i += 2) list.push((bytes[i]! << 8) | bytes[i + 1]!)
  return list
}
