/**
 * The one HTTP client for what people configure: it can't be steered at internal services. A name is looked up once, its
 * addresses are checked, and the connection is made to the address that was checked.
 */
import { NetscopeError } from '@netscope/core/errors.ts'
import { createAddressGuard } from './address-guard.ts'
import type { AddressGuard, LookUp } from './address-guard.ts'
import { exchange, hostOf } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { specialKind } from './special-address.ts'
import { urlProblem } from './url-problem.ts'

export interface OutgoingRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string | Buffer
  /** For all of it, from the look-up to the last byte; default 10,000. */
  timeoutMs?: number
  /** Of the body of the answer; default 1 MiB. */
  maxBytes?: number
  /** The status is what counts: a body that is longer, breaks off or takes its time is cut, and no error. */
  onlyStart?: boolean
  /**
   * A GET may be redirected to another host at a public address, from TLS to TLS. That host is sent no header that
   * could hold a key.
   */
  mayLeave?: boolean
  /** Ends it before its time. */
  signal?: AbortSignal
}

export interface Outgoing {
  /** Any status is an answer. Throws `outgoing.*`, whose texts name the host and never the URL. */
  request(request: OutgoingRequest): Promise<Answer>
  /** For what speaks no HTTP. */
  guard: AddressGuard
  /** The same: what its TLS trusts. */
  tls: { ca?: string }
}

export interface OutgoingConfig {
  /** As in outgoing.allow. */
  allow: readonly string[]
  /** Certificates of authorities, PEM, instead of those that Node knows. */
  ca?: string | undefined
}

const TIMEOUT_MS = 10_000
const MAX_BYTES = 1 << 20
const MAX_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const parseUrl = (text: string): URL => {
  const reason = urlProblem(text)
  if (reason !== undefined) throw new NetscopeError('outgoing.url', { reason })
  return new URL(text)
}

/** They hold no key. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set([
  ...['accept', 'user-agent', 'if-none-match', 'if-modified-since'],
])

const plainHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => PLAIN_HEADERS.has(name.toLowerCase())),
  )

/** Headers may hold a key, which no other host or clear line shall see. */
const isSameHost = (from: URL, to: URL): boolean =>
  to.origin === from.origin ||
  (from.protocol === 'http:' && from.port === '' && to.origin === `https://${from.hostname}`)

const isTls = ({ protocol }: URL): boolean => protocol === 'https:'

/** Rejects when the signal does, whatever `work` waits for. */
const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject, resolve } = Promise.withResolvers<T>()
  const stop = () => reject(signal.reason as Error)
  signal.addEventListener('abort', stop)
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  return promise
}

export const createOutgoing = (
  { allow, ca }: OutgoingConfig,
  { lookUp, send = exchange }: { lookUp?: LookUp; send?: typeof exchange } = {},
): Outgoing => {
  const guard = createAddressGuard(allow, lookUp)

  const follow = async (of: OutgoingRequest, signal: AbortSignal): Promise<Answer> => {
    const { method = 'GET', body, maxBytes = MAX_BYTES, onlyStart = false } = of
    const rest = { method, body, maxBytes, onlyStart, signal, ca }
    let { headers = {} } = of
    let url = parseUrl(of.url)
    let address = await guard(hostOf(url))
    let hasLeft = false
    for (let hops = 0; ; hops++) {
      const answer = await send({ url, headers, ...rest }, address)
      const { location } = answer.headers
      if (!REDIRECTS.has(answer.status) || location === undefined) return answer
      const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined
      const refused = () =>
        new NetscopeError('outgoing.redirected', {
          host: hostOf(url),
          target: target?.host ?? 'nowhere',
        })
      if (!target || method !== 'GET' || hops >= MAX_REDIRECTS) throw refused()
      if (!isSameHost(url, target)) {
        if (!of.mayLeave || !isTls(url) || !isTls(target)) throw refused()
        hasLeft = true
        headers = plainHeaders(headers)
      }
      address = await guard(hostOf(target))
      // Who answers does not choose which of the servers inside is asked, were it one that outgoing.allow names.
      if (hasLeft && specialKind(address.address) !== undefined) throw refused()
      url = target
    }
  }

  return {
    guard,
    tls: ca ? { ca } : {},
    async request(of) {
      const { timeoutMs = TIMEOUT_MS } = of
      const late = AbortSignal.timeout(timeoutMs)
      const signal = of.signal ? AbortSignal.any([late, of.signal]) : late
      signal.throwIfAborted()
      try {
        return await untilAborted(follow(of, signal), signal)
      } catch (error) {
        if (!late.aborted) throw error
        const host = hostOf(parseUrl(of.url))
        throw new NetscopeError(
          'outgoing.slow',
          { host, seconds: timeoutMs / 1000 },
          { cause: error },
        )
      }
    },
  }
}
