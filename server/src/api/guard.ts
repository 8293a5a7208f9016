/** What keeps other web pages out while there are no accounts: Host and Origin checks, headers. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { App } from './app-types.ts'

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])\.?(:\d{1,5})?$/i
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Another name that resolves to 127.0.0.1 is how a page of the internet would reach us. */
const checkHost = ({ headers }: FastifyRequest): void => {
  const host = headers.host ?? ''
  if (!LOOPBACK_HOST.test(host)) {
    throw new NetscopeError('request.forbidden-host', { host: JSON.stringify(host.slice(0, 256)) })
  }
}

/**
 * Browsers say where a request comes from; other clients don't. Another site can't read our answers, but
 * it could change something, or hold streams open so that none is left. It may only link to the page.
 */
const checkOrigin = ({ method, headers }: FastifyRequest): void => {
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (isLink && SAFE_METHODS.has(method)) return
  const { origin } = headers
  const site = headers['sec-fetch-site']
  const foreign =
    origin !== undefined && origin.toLowerCase() !== `http://${headers.host?.toLowerCase()}`
  const crossSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreign || crossSite) {
    throw new NetscopeError('request.forbidden-origin', {
      origin: (origin ?? 'another site').slice(0, 256),
    })
  }
}

export const addGuard = (app: App): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    checkHost(request)
    checkOrigin(request)
  })
}

/** Whether the request comes from our own page. */
export const isFromPage = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-site'] === 'same-origin'
