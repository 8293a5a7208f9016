/** One request over HTTP to an address that was checked, and its whole answer. */
import { request as requestHttp } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { GuardedAddress } from './address-guard.ts'

export interface Answer {
  status: number
  /** Names in small letters. */
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface ExchangeRequest {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body: string | Buffer | undefined
  maxBytes: number
  signal: AbortSignal
  /** Certificates of authorities, instead of those that Node knows. */
  ca?: string | undefined
}

export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

/** Codes of OpenSSL and of Node's own check. */
const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/

const problemOf = (host: string, cause: NodeJS.ErrnoException): NetscopeError => {
  if (cause instanceof NetscopeError) return cause
  const reason = cause.code ?? cause.message
  const code = CERTIFICATE_CODES.test(reason) ? 'outgoing.certificate' : 'outgoing.unreachable'
  return new NetscopeError(code, { host, reason }, { cause })
}

const readAnswer = async (
  response: IncomingMessage,
  host: string,
  maxBytes: number,
): Promise<Answer> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxBytes) throw new NetscopeError('outgoing.large', { host, limit: maxBytes })
    parts.push(part)
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(parts, length),
  }
}

/** Rejects with an error of the catalogue, or with what the signal was aborted for. */
export const exchange = (of: ExchangeRequest, { address, family }: GuardedAddress) => {
  const { method, url, headers, body, maxBytes, signal, ca } = of
  const host = hostOf(url)
  const isTls = url.protocol === 'https:'
  return new Promise<Answer>((resolve, reject) => {
    const request = (isTls ? requestHttps : requestHttp)({
      method,
      // The address itself, so that nothing looks the name up again.
      host: address,
      family,
      port: url.port || (isTls ? 443 : 80),
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity' },
      // Of its own: no connection is used again that was made to another address.
      agent: false,
      signal,
      ...(isTls && { servername: isIP(host) ? '' : host, ...(ca && { ca }) }),
    })
    request.on('error', (error) => reject(problemOf(host, error)))
    request.on('response', (response) => {
      readAnswer(response, host, maxBytes).then(resolve, (error) => {
        request.destroy()
        reject(problemOf(host, error as Error))
      })
    })
    request.end(body)
  })
}
