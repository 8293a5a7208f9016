/** Who may ask for what: Host and Origin checks, credentials, the role of each route, headers of every answer. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { accessOf, scopeOf, type Access } from '../auth/access.ts'
import type { Authenticator } from '../auth/authenticate.ts'
import { ANONYMOUS, reaches, type Principal } from '../auth/principal.ts'
import type { App } from './app-types.ts'
import type { AuthCookies } from './auth-cookies.ts'
import { createHostCheck, type HostConfig } from './host-check.ts'
import { createOpenAnswers } from './open-answers.ts'
import { checkCookieUse, checkOrigin } from './origin-check.ts'

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

/** How long a stream may outlive what let it in. */
const SWEEP_MS = 2000
/** Paths that `auth.openOnLoopback` opens. */
const PLAIN = new Set(['/events', '/blacklist', '/whitelist'])
const OF_THIS_MACHINE: Principal = { ...ANONYMOUS, name: 'this machine', role: 'operator' }

export interface GuardConfig extends HostConfig {
  openOnLoopback: boolean
  /** Everybody may read /metrics. */
  metricsOpen: boolean
}

export interface GuardDeps {
  auth: Authenticator
  cookies: AuthCookies
  /** Learns from where people and programs that have signed in ask. */
  clients: { arrived(ip: string, who: string): () => void }
}

export const addGuard = (
  app: App,
  config: GuardConfig,
  { auth, cookies, clients }: GuardDeps,
): void => {
  const checkHost = createHostCheck(config)
  const openAnswers = createOpenAnswers()
  app.decorateRequest('principal', undefined as never)

  app.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const one of [method].flat())
      if (accessOf(one, url) === undefined)
        throw new Error(`${one} ${url} is not in server/src/auth/access.ts: nobody could reach it`)
  })

  /** Who asks, and whether something came that should have said so. */
  const identify = async (request: FastifyRequest): Promise<[Principal, boolean]> => {
    const bearer = bearerOf(request)
    const cookie = bearer === '' ? cookies.access(request) : ''
    const token = bearer || cookie
    if (token === '') return [ANONYMOUS, false]
    const principal = await auth.authenticate(token, isOfThisMachine(request))
    if (principal && cookie !== '') checkCookieUse(request)
    return [principal ?? ANONYMOUS, true]
  }

  const accessFor = (request: FastifyRequest): Access => {
    const { url } = request.routeOptions
    // What has no route is answered with 404 or 405, whoever asks.
    if (url === undefined) return 'public'
    if (url === '/metrics' && config.metricsOpen) return 'public'
    return accessOf(request.method, url) ?? 'admin'
  }

  app.addHook('onRequest', async (request, reply) => {
    request.principal = ANONYMOUS
    reply.headers(HEADERS)
    checkHost(request)
    checkOrigin(request)
    const [principal, came] = await identify(request)
    const { url = '' } = request.routeOptions
    const isOpen = config.openOnLoopback && !came && PLAIN.has(url) && isOfThisMachine(request)
    request.principal = isOpen ? OF_THIS_MACHINE : principal
    const access = accessFor(request)
    if (access === 'public') return
    if (request.principal.role === 'none') throw unknown(reply, came)
    check(request.principal, access, scopeOf(url))
    openAnswers.add(reply.raw, request.principal)
    reply.raw.once('close', clients.arrived(request.ip, request.principal.name))
  })

  let sweeper: NodeJS.Timeout | undefined
  app.addHook('onListen', async () => {
    sweeper = setInterval(() => openAnswers.sweep(auth.isStillGood), SWEEP_MS)
  })
  app.addHook('onClose', async () => clearInterval(sweeper))
}

const check = ({ name, role, scopes }: Principal, access: Access, scope: string): void => {
  if (access !== 'public' && !reaches(role, access))
    throw new NetscopeError('auth.forbidden', { name, role, needed: access })
  if (scopes.length > 0 && !scopes.includes(scope))
    throw new NetscopeError('auth.scope', { name, scopes: scopes.join(', '), needed: scope })
}

/** RFC 6750, section 3. */
const unknown = (reply: FastifyReply, came: boolean): NetscopeError => {
  reply.header('www-authenticate', came ? 'Bearer error="invalid_token"' : 'Bearer')
  return new NetscopeError('auth.required', {
    reason: came ? 'the token is expired, revoked or not of this server' : 'no token came',
  })
}

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

const bearerOf = ({ headers }: FastifyRequest): string =>
  BEARER.exec(headers.authorization ?? '')?.[1] ?? ''

const LOOPBACK = /^(::ffff:)?127\.|^::1$/

/** Directly, not through a proxy that runs here. */
const isOfThisMachine = ({ socket, headers }: FastifyRequest): boolean => {
  const { remoteAddress = '', localAddress } = socket
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  return LOOPBACK.test(remoteAddress) || (remoteAddress !== '' && remoteAddress === localAddress)
}
