/** Signing in and out, and the own account. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ACCESS_TOKEN_SECONDS } from '../auth/access-token.ts'
import type { Auth } from '../auth/auth.ts'
import { checkPassword, LONGEST_PASSWORD } from '../auth/password-rules.ts'
import { ROLES, type Principal } from '../auth/principal.ts'
import type { Session } from '../auth/sessions.ts'
import { principalOf } from '../auth/sign-in.ts'
import type { User } from '../auth/users.ts'
import type { App } from './app-types.ts'
import { makeDevice, type AuthCookies } from './auth-cookies.ts'
import { BODY_OPTIONAL, operation, STRICT } from './operation.ts'
import { isFromPage } from './origin-check.ts'

const password = Type.String({ maxLength: LONGEST_PASSWORD })
const program = Type.Optional(Type.String({ maxLength: 100 }))

const tokens = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    refresh_token: Type.Optional(
      Type.String({ description: 'Not for the page, which gets cookies. Good for one use.' }),
    ),
  },
  { title: 'Tokens' },
)
const done = Type.Object({ ok: Type.Boolean() }, { title: 'Done' })

const LOGIN = operation({
  operationId: 'login',
  tags: ['auth'],
  summary: 'Signs in with name and password.',
  body: Type.Object(
    {
      username: Type.String({ minLength: 1, maxLength: 64 }),
      password,
      // What OAuth 2 clients send beside (RFC 6749, section 4.3); it changes nothing.
      grant_type: Type.Optional(Type.Literal('password')),
      scope: Type.Optional(Type.String({ maxLength: 200 })),
      client_id: program,
      client_secret: program,
    },
    STRICT,
  ),
  response: { 200: tokens },
})
const REFRESH = operation({
  operationId: 'refresh',
  tags: ['auth'],
  summary: 'A new access token and the next refresh token, for the refresh token.',
  body: Type.Optional(
    Type.Object({ refresh_token: Type.Optional(Type.String({ maxLength: 200 })) }, STRICT),
  ),
  response: { 200: tokens },
})
const LOGOUT = operation({
  operationId: 'logout',
  tags: ['auth'],
  summary: 'Ends the session of the access token or refresh token that comes with it.',
  body: REFRESH.body,
  response: { 200: done },
})
const LOGOUT_EVERYWHERE = operation({
  operationId: 'logoutEverywhere',
  tags: ['auth'],
  summary: 'Ends every session of the own account, also this one.',
  body: Type.Optional(
    Type.Object(
      { tokens: Type.Optional(Type.Boolean({ description: 'Its API tokens too.' })) },
      STRICT,
    ),
  ),
  response: { 200: Type.Object({ ok: Type.Boolean(), sessions: Type.Integer() }) },
})
const ME = operation({
  operationId: 'getMe',
  tags: ['auth'],
  summary: 'Who the credentials belong to.',
  response: {
    200: Type.Object(
      {
        kind: Type.Enum(['user', 'token', 'local', 'anonymous']),
        id: Type.String(),
        name: Type.String(),
        role: Type.Enum(['none', ...ROLES]),
        scopes: Type.Array(Type.String(), { description: 'Empty: all that the role may.' }),
      },
      { title: 'Me' },
    ),
  },
})
const CHANGE_PASSWORD = operation({
  operationId: 'changePassword',
  tags: ['auth'],
  summary: 'Changes the own password and ends all other sessions.',
  body: Type.Object({ current: password, new: password }, STRICT),
  response: { 200: done },
})

export interface AccountRouteDeps {
  auth: Auth
  cookies: AuthCookies
}

export const addAuthRoutes = (app: App, deps: AccountRouteDeps): void => {
  const { auth, cookies } = deps
  const { users, sessions, audit } = auth

  const give = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { session, refreshToken }: { session: Session; refreshToken: string },
  ) => {
    const access = await auth.accessTokens.issue(session)
    const answer = {
      ...{ access_token: access, token_type: 'bearer' as const },
      expires_in: ACCESS_TOKEN_SECONDS,
    }
    if (!isFromPage(request)) return { ...answer, refresh_token: refreshToken }
    cookies.set(request, reply, { access, refresh: refreshToken })
    return answer
  }

  app.post('/api/v1/auth/login', { schema: LOGIN }, async (request, reply) => {
    const { username: name, password: given } = request.body
    const device = cookies.device(request)
    const client = { address: request.ip, device: device || makeDevice() }
    const opened = await auth.signIn({
      name,
      password: given,
      program: programOf(request),
      ...client,
    })
    if (isFromPage(request)) cookies.setDevice(request, reply, client.device)
    return give(request, reply, opened)
  })

  app.post(
    '/api/v1/auth/refresh',
    { schema: REFRESH, ...BODY_OPTIONAL },
    async (request, reply) => {
      const refreshed = sessions.refresh(refreshTokenOf(request, cookies))
      if (refreshed.kind === 'refreshed' && isEnabled(users.byId(refreshed.session.userId)))
        return give(request, reply, refreshed)
      cookies.clear(request, reply)
      if (refreshed.kind === 'reused') auditReuse(auth, refreshed.session, request.ip)
      throw new NetscopeError('auth.required', { reason: 'the session is over' })
    },
  )

  app.post('/api/v1/auth/logout', { schema: LOGOUT, ...BODY_OPTIONAL }, async (request, reply) => {
    const byToken = sessions.of(refreshTokenOf(request, cookies))?.id
    const id = byToken ?? request.principal.sessionId
    const user =
      userOf(auth, request.principal) ?? users.byId(byToken ? ownerOf(auth, request, cookies) : '')
    if (id !== undefined) sessions.end(id)
    cookies.clear(request, reply)
    if (id !== undefined && user)
      audit.record({
        ...{ principal: principalOf(user), action: 'auth.sign-out', target: user.name },
        from: request.ip,
      })
    return { ok: true }
  })

  app.post(
    '/api/v1/auth/logout-everywhere',
    { schema: LOGOUT_EVERYWHERE, ...BODY_OPTIONAL },
    async (request, reply) => {
      const user = ownUser(auth, request.principal)
      const ended = auth.state.transaction(() => {
        const count = sessions.endAll(user.id)
        const revoked = request.body?.tokens ? auth.apiTokens.revokeAll(user.id) : 0
        const after = { sessions: count, tokens: revoked }
        const record = { principal: request.principal, target: user.name, from: request.ip }
        audit.record({ ...record, action: 'auth.sign-out-everywhere', after })
        return count
      })
      cookies.clear(request, reply)
      return { ok: true, sessions: ended }
    },
  )

  app.get('/api/v1/auth/me', { schema: ME }, async ({ principal }) => {
    const { kind, id, name, role, scopes } = principal
    return { kind, id, name, role, scopes: [...scopes] }
  })

  app.post('/api/v1/auth/password', { schema: CHANGE_PASSWORD }, async (request) => {
    const { principal, body, ip } = request
    const user = ownUser(auth, principal)
    checkPassword(body.new, user.name)
    await auth.confirm(user, body.current, { address: ip, device: cookies.device(request) })
    const hashed = await auth.hasher.hash(body.new)
    auth.state.transaction(() => {
      users.setPassword(user.id, hashed)
      sessions.endAll(user.id, principal.sessionId)
      audit.record({ principal, action: 'auth.password', target: user.name, from: ip })
    })
    return { ok: true }
  })
}

const isEnabled = (user: User | undefined): boolean => user !== undefined && !user.disabled

const programOf = ({ headers }: FastifyRequest): string =>
  (headers['user-agent'] ?? '').slice(0, 200)

const refreshTokenOf = (request: FastifyRequest, cookies: AuthCookies): string =>
  (request.body as { refresh_token?: string } | undefined)?.refresh_token ??
  cookies.refresh(request)

const ownerOf = (auth: Auth, request: FastifyRequest, cookies: AuthCookies): string =>
  auth.sessions.of(refreshTokenOf(request, cookies))?.userId ?? ''

const userOf = ({ users }: Auth, { kind, id }: Principal): User | undefined =>
  kind === 'user' ? users.byId(id) : undefined

const ownUser = (auth: Auth, principal: Principal): User => {
  const user = userOf(auth, principal)
  if (user) return user
  throw new NetscopeError('auth.not-yours')
}

const auditReuse = ({ audit, users }: Auth, session: Session, from: string): void => {
  const user = users.byId(session.userId)
  if (!user) return
  const record = { principal: principalOf(user), target: user.name, from }
  audit.record({ ...record, action: 'auth.refresh-token-reused', after: { session: session.id } })
}
