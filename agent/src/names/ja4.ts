/**
 * JA4: fingerprint of a TLS client by its ClientHello (FoxIO, technical_details/JA4.md; BSD 3-clause, unlike the
 * rest of JA4+). GREASE values (RFC 8701) count nowhere.
 */
import { createHash } from 'node:crypto'
import { EXTENSION, type ClientHello } from './tls-client-hello.ts'

/** TLS over TCP, QUIC, DTLS. */
export type Ja4Transport = 't' | 'q' | 'd'

const VERSIONS: Readonly<Record<number, string>> = {
  0x0002: 's2',
  0x0300: 's3',
  0x0301: '10',
  0x0302: '11',
  0x0303: '12',
  0x0304: '13',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
}
const MAX_COUNT = 99
const HASH_CHARS = 12
const NOTHING = '0'.repeat(HASH_CHARS)

/** For example `t13d1516h2_8daaf6152771_e5627efa2ab1`. */
export const ja4 = (hello: ClientHello, transport: Ja4Transport): string => {
  const ciphers = hello.ciphers.filter(isKnown)
  const extensions = hello.extensions.filter(isKnown)
  const hasName = extensions.includes(EXTENSION.serverName)
  const head = [
    transport,
    VERSIONS[highestVersion(hello, transport)] ?? '00',
    hasName ? 'd' : 'i',
    count(ciphers),
    count(extensions),
    alpnEnds(hello.firstAlpn),
  ].join('')
  const hashed = extensions.filter(
    (type) => type !== EXTENSION.serverName && type !== EXTENSION.alpn,
  )
  const algorithms = hello.signatureAlgorithms.filter(isKnown)
  const tail = algorithms.length === 0 ? '' : `_${algorithms.map(hex4).join(',')}`
  return `${head}_${hash(sorted(ciphers), '')}_${hash(sorted(hashed), tail)}`
}

/** Both bytes equal and ending in 0xa: RFC 8701. */
const isKnown = (value: number): boolean =>
  (value & 0x0f0f) !== 0x0a0a || value >> 8 !== (value & 0xff)

/** DTLS counts its versions downwards. */
const highestVersion = (hello: ClientHello, transport: Ja4Transport): number => {
  const offered = hello.supportedVersions.filter(isKnown)
  if (offered.length === 0) return hello.version
  return transport === 'd' ? Math.min(...offered) : Math.max(...offered)
}

const count = (list: readonly number[]): string =>
  String(Math.min(list.length, MAX_COUNT)).padStart(2, '0')

/** First and last character; in hexadecimal where one of the two is no ASCII letter or digit. */
const alpnEnds = (value: Uint8Array): string => {
  const [first, last] = [value.at(0), value.at(-1)]
  if (first === undefined || last === undefined) return '00'
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last)
  return `${(first >> 4).toString(16)}${(last & 15).toString(16)}`
}

const isAlphanumeric = (byte: number): boolean => /[0-9A-Za-z]/.test(String.fromCharCode(byte))

const hex4 = (value: number): string => value.toString(16).padStart(4, '0')

const sorted = (list: readonly number[]): string =>
  list
    .toSorted((a, b) => a - b)
    .map(hex4)
    .join(',')

const hash = (list: string, tail: string): string =>
  list === ''
    ? NOTHING
    : createHash('sha256')
        .update(list + tail)
        .digest('hex')
        .slice(0, HASH_CHARS)
