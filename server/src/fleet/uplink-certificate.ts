/** The certificate that the server shows to agents: from files, or made by itself at the first start and kept. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createSecureContext } from 'node:tls'
import { NetscopeError } from '@netscope/core/errors.ts'
import { makeCertificate } from './self-made-certificate.ts'
import type { CertificateFiles } from './self-made-certificate.ts'

export interface UplinkCertificate extends CertificateFiles {
  /** SHA-256, hex in lower case. */
  fingerprint: string
}

export interface CertificatePaths {
  /** Both empty: self-made. */
  certificate: string
  key: string
  /** Where a self-made one is kept. */
  ownPath: string
}

/** Throws `uplink.certificate` when there is none that works. */
export const loadCertificate = (
  paths: CertificatePaths,
  commonName: string,
  nowMs: number,
): UplinkCertificate => {
  try {
    const files =
      paths.certificate === '' && paths.key === ''
        ? ownCertificate(paths.ownPath, commonName, nowMs)
        : { certificate: read(paths.certificate), key: read(paths.key) }
    createSecureContext({ cert: files.certificate, key: files.key })
    const { fingerprint256 } = new X509Certificate(files.certificate)
    return { ...files, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() }
  } catch (cause) {
    throw new NetscopeError('uplink.certificate', { reason: (cause as Error).message }, { cause })
  }
}

const read = (path: string): string => readFileSync(path, 'utf8')

/** One file with both, so that they always belong together. */
const ownCertificate = (path: string, commonName: string, nowMs: number): CertificateFiles => {
  const kept = readOwn(path)
  if (kept) return kept
  const made = makeCertificate(commonName, nowMs)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, made.certificate + made.key, { mode: 0o600, flag: 'wx', flush: true })
  return made
}

const readOwn = (path: string): CertificateFiles | undefined => {
  try {
    const text = read(path)
    const keyAt = text.indexOf('-----BEGIN PRIVATE KEY-----')
    return { certificate: text.slice(0, keyAt), key: text.slice(keyAt) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
