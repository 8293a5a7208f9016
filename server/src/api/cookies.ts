/** Cookies (RFC 6265): the few that we set, and those that come back. */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Value of the cookie `name`; empty: it did not come. */
export const readCookie = ({ headers }: FastifyRequest, name: string): string => {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return ''
}

export interface Cookie {
  name: string
  /** Characters of tokens only. */
  value: string
  path: string
  /** 0 removes it. */
  maxAgeSeconds: number
}

/** Out of reach of scripts, and never sent with what another site asks for. */
export const setCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  { name, value, path, maxAgeSeconds }: Cookie,
): void => {
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${maxAgeSeconds}`]
  parts.push('HttpOnly', 'SameSite=Strict')
  if (request.protocol === 'https') parts.push('Secure')
  reply.header('set-cookie', parts.join('; '))
}
