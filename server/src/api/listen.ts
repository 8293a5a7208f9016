/** Where the HTTP server listens: address, certificate, and whether other machines reach it. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { ServerSection } from '@netscope/core/config/server.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { App } from './app-types.ts'

/** PEM. */
export interface Certificate {
  cert: Buffer
  key: Buffer
}

/** Of server.tlsCertFile and server.tlsKeyFile; undefined: none is set. Throws `server.tls`. */
export const readCertificate = ({
  tlsCertFile,
  tlsKeyFile,
}: Pick<ServerSection, 'tlsCertFile' | 'tlsKeyFile'>): Certificate | undefined => {
  if (tlsCertFile === '' && tlsKeyFile === '') return undefined
  try {
    if (tlsCertFile === '' || tlsKeyFile === '')
      throw new Error('only one of server.tlsCertFile and server.tlsKeyFile is set')
    const certificate = { cert: readFileSync(tlsCertFile), key: readFileSync(tlsKeyFile) }
    createSecureContext(certificate)
    return certificate
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('server.tls', { reason }, { cause })
  }
}

/** Whether other machines can reach what listens on `host`. */
export const isReachable = (host: string): boolean =>
  !/^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)

/** Throws `server.cannot-listen`. */
export const listen = async (
  app: App,
  { host, port }: Pick<ServerSection, 'host' | 'port'>,
): Promise<void> => {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetscopeError('server.cannot-listen', { host, port, reason }, { cause })
  }
}

const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** How programs of this machine reach it. */
export const urlOf = (app: App, isTls: boolean): string => {
  const { address, port } = app.server.address() as AddressInfo
  const host = LOOPBACK_OF[address] ?? address
  return `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
