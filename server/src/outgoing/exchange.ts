/** One request over HTTP to an address that was checked, and its whole answer. */
import { request as requestHttp } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { GuardedAddress } from './address-guard.ts'
import { unpack } from './unpack.ts'

export interface Answer {
  status: number
  /** Names in small letters. */
  headers: IncomingHttpHeaders
  /** Unpacked. */
  body: Buffer
  /** There would have been more, see `onlyStart`. */
  isCut?: true
}

export interface ExchangeRequest {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body: string | Buffer | undefined
  maxBytes: number
  onlyStart: boolean
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

/** Whoever only needs the start waits no longer for the rest, ms. */
const START_WITHIN_MS = 2000

interface Bounds {
  host: string
  maxBytes: number
}

/** `isCut`: it broke off, or was too long. */
const readStart = async (
  response: IncomingMessage,
  { maxBytes }: Bounds,
): Promise<{ body: Buffer; isCut: boolean }> => {
  const parts: Buffer[] = []
  let length = 0
  const timer = setTimeout(() => response.destroy(), START_WITHIN_MS)
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part.subarray(0, maxBytes - length))
      length += part.length
      if (length > maxBytes) return { body: Buffer.concat(parts), isCut: true }
    }
    return { body: Buffer.concat(parts), isCut: !response.complete }
  } catch {
    return { body: Buffer.concat(parts), isCut: true }
  } finally {
    clearTimeout(timer)
  }
}

const tooLarge = ({ host, maxBytes }: Bounds): NetscopeError =>
  new NetscopeError('outgoing.large', { host, limit: maxBytes })

const readWhole = async (response: IncomingMessage, bounds: Bounds): Promise<Buffer> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > bounds.maxBytes) throw tooLarge(bounds)
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

const unpacked = async (body: Buffer, encoding: string, bounds: Bounds): Promise<Buffer> => {
  try {
    return await unpack(body, encoding, bounds.maxBytes)
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bounds)
    const { host } = bounds
    throw new NetscopeError('outgoing.garbled', { host, encoding, reason: code }, { cause })
  }
}

const readAnswer = async (
  response: IncomingMessage,
  bounds: Bounds,
  onlyStart: boolean,
): Promise<Answer> => {
  const { headers } = response
  const status = response.statusCode ?? 0
  const encoding = headers['content-encoding'] ?? ''
  if (onlyStart) {
    const { body: start, isCut } = await readStart(response, bounds)
    const body = isCut ? start : await unpack(start, encoding, bounds.maxBytes).catch(() => start)
    return { status, headers, body, ...(isCut && { isCut }) }
  }
  const packed = await readWhole(response, bounds)
  return { status, headers, body: await unpacked(packed, encoding, bounds) }
}

/** Rejects with an error of the catalogue, or with what the signal was aborted for. */
export const exchange = (of: ExchangeRequest, { address, family }: GuardedAddress) => {
  const { method, url, headers, body, maxBytes, onlyStart, signal, ca } = of
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
      headers: {
        ...{ 'user-agent': 'netscope', ...headers },
        ...{ host: url.host, 'accept-encoding': 'identity' },
      },
      // Of its own: no connection is used again that was made to another address.
      agent: false,
      signal,
      ...(isTls && { servername: isIP(host) ? '' : host, ...(ca && { ca }) }),
    })
    request.on('error', (error) => reject(problemOf(host, error)))
    request.on('response', (response) => {
      readAnswer(response, { host, maxBytes }, onlyStart)
        .then(resolve, (error: unknown) => reject(problemOf(host, error as Error)))
        .finally(() => request.destroy())
    })
    request.end(body)
  })
}
