/** Which requests come from other web pages: browsers say so, other clients have no reason to. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyRequest } from 'fastify'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export const isSafe = ({ method }: FastifyRequest): boolean => SAFE_METHODS.has(method)

const isOwnOrigin = ({ protocol, host, headers }: FastifyRequest): boolean =>
  headers.origin?.toLowerCase() === `${protocol}://${(host ?? '').toLowerCase()}`

/** Whether the request comes from our own page. Browsers send Sec-Fetch-Site to https and loopback only. */
export const isFromPage = (request: FastifyRequest): boolean =>
  request.headers['sec-fetch-site'] === 'same-origin' || isOwnOrigin(request)

/**
 * Another site can't read our answers, but it could change something, or hold streams open so that none is
 * left. It may only link to the page. Throws `request.forbidden-origin`.
 */
export const checkOrigin = (request: FastifyRequest): void => {
  const { headers } = request
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (isLink && isSafe(request)) return
  const { origin } = headers
  const site = headers['sec-fetch-site']
  const isForeign = origin !== undefined && !isOwnOrigin(request)
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (isForeign || isCrossSite) throw forbidden(origin)
}

/** A browser sends cookies by itself, so a change that they alone allow must come from our page. */
export const checkCookieUse = (request: FastifyRequest): void => {
  if (!isSafe(request) && !isFromPage(request)) throw forbidden(request.headers.origin)
}

const forbidden = (origin = 'another site') =>
  new NetscopeError('request.forbidden-origin', { origin: origin.slice(0, 256) })
