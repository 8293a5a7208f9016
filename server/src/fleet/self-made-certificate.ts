/**
 * A certificate that the server makes for itself (RFC 5280, ECDSA P-256): agents pin its fingerprint, so nobody has to
 * vouch for it. node:crypto signs but writes no certificates; the few DER values of one are written here.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface CertificateFiles {
  /** PEM */
  certificate: string
  key: string
}

/** Agents pin it: it lasts until somebody replaces it. RFC 5280, 4.1.2.5: no well-defined expiration date. */
const NEVER = '99991231235959Z'
const [INTEGER, BIT_STRING, OCTET_STRING, UTF8_STRING, GENERALIZED_TIME, SEQUENCE, SET] = [
  0x02, 0x03, 0x04, 0x0c, 0x18, 0x30, 0x31,
] as const
/** [0] and [3], both constructed. */
const [VERSION, EXTENSIONS] = [0xa0, 0xa3]
/** DER of ecdsa-with-SHA256, commonName, basicConstraints. */
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex')

const der = (tag: number, ...contents: Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents)
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

/** A bit string of whole bytes. */
const bits = (content: Uint8Array): Buffer => der(BIT_STRING, Buffer.from([0]), content)

const time = (text: string): Buffer => der(GENERALIZED_TIME, Buffer.from(text))

/** Positive, 20 bytes at most (RFC 5280, 4.1.2.2). */
const serialNumber = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return der(INTEGER, bytes)
}

/** Issuer and subject are `commonName`; valid from `nowMs` on. */
export const makeCertificate = (commonName: string, nowMs: number): CertificateFiles => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(SEQUENCE, ECDSA_SHA256)
  const text = der(UTF8_STRING, Buffer.from(commonName))
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, text)))
  const from = new Date(nowMs).toISOString().replace(/[-:T]|\.\d+/g, '')
  const noAuthority = der(SEQUENCE, BASIC_CONSTRAINTS, der(OCTET_STRING, der(SEQUENCE)))
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    serialNumber(),
    algorithm,
    name,
    der(SEQUENCE, time(from), time(NEVER)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, noAuthority)),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = der(SEQUENCE, body, algorithm, bits(signature))
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

const pem = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
