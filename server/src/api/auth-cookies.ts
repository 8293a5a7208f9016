/** The cookies of the page: access token, refresh token, and the one that a browser is recognised by. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ACCESS_TOKEN_SECONDS } from '../auth/access-token.ts'
import { makeSecret } from '../auth/secret.ts'
import { readCookie, setCookie } from './cookies.ts'

const DAY_SECONDS = 86_400
const AUTH_PATH = '/api/v1/auth'
const LOGIN_PATH = '/api/v1/auth/login'

export interface AuthCookies {
  access(request: FastifyRequest): string
  refresh(request: FastifyRequest): string
  device(request: FastifyRequest): string
  set(
    request: FastifyRequest,
    reply: FastifyReply,
    tokens: { access: string; refresh: string },
  ): void
  setDevice(request: FastifyRequest, reply: FastifyReply, device: string): void
  /** Not the one of the browser: who signs out is still known. */
  clear(request: FastifyRequest, reply: FastifyReply): void
}

/** `instance` is in their names, because a browser has one set of cookies for all ports of a host. */
export const createAuthCookies = (instance: string): AuthCookies => {
  const name = (of: string) => `netscope_${of}_${instance}`
  const access = { name: name('access'), path: '/' }
  const refresh = { name: name('refresh'), path: AUTH_PATH }
  const device = { name: name('device'), path: LOGIN_PATH }

  return {
    access: (request) => readCookie(request, access.name),
    refresh: (request) => readCookie(request, refresh.name),
    device: (request) => readCookie(request, device.name),
    set: (request, reply, tokens) => {
      const life = { maxAgeSeconds: ACCESS_TOKEN_SECONDS }
      setCookie(request, reply, { ...access, value: tokens.access, ...life })
      const long = { maxAgeSeconds: 14 * DAY_SECONDS }
      setCookie(request, reply, { ...refresh, value: tokens.refresh, ...long })
    },
    setDevice: (request, reply, value) =>
      setCookie(request, reply, { ...device, value, maxAgeSeconds: 180 * DAY_SECONDS }),
    clear: (request, reply) => {
      for (const cookie of [access, refresh])
        setCookie(request, reply, { ...cookie, value: '', maxAgeSeconds: 0 })
    },
  }
}

export const makeDevice = (): string => makeSecret('nsd_')
