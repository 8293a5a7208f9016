/** API tokens: everybody has their own; an admin sees and revokes all. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import { SCOPES } from '../auth/access.ts'
import type { ApiToken } from '../auth/api-tokens.ts'
import type { Auth } from '../auth/auth.ts'
import { lowerRole, reaches, ROLES, type Principal, type Role } from '../auth/principal.ts'
import type { App } from './app-types.ts'
import { operation, STRICT } from './operation.ts'

const DAY_MS = 86_400_000
const role = Type.Enum([...ROLES])

const tokenSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role,
    scopes: Type.Array(Type.String(), { description: 'Empty: all that the role may.' }),
    prefix: Type.String({ description: 'How it begins.' }),
    user: Type.String({ description: 'Whose it is; empty: made on the machine itself.' }),
    createdAtMs: Type.Integer(),
    expiresAtMs: Type.Integer({ description: '0: never.' }),
    lastUsedAtMs: Type.Integer({ description: 'To the minute; 0: never.' }),
  },
  { title: 'Token' },
)

const LIST = operation({
  operationId: 'listTokens',
  tags: ['users'],
  summary: 'The own API tokens; for an admin those of all.',
  response: { 200: Type.Object({ tokens: Type.Array(tokenSchema) }) },
})
const CREATE = operation({
  operationId: 'createToken',
  tags: ['users'],
  summary: 'Makes an API token. It may never do more than its maker.',
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100, pattern: '^\\P{Cc}+$' }),
      role: Type.Optional(Type.Enum([...ROLES], { description: 'Without it, the own.' })),
      scopes: Type.Array(Type.Enum([...SCOPES]), {
        default: [],
        maxItems: 50,
        description: 'Parts of the API that it is confined to; empty: all that the role may.',
      }),
      expiresInDays: Type.Integer({
        minimum: 0,
        maximum: 3650,
        default: 90,
        description: '0: never.',
      }),
    },
    STRICT,
  ),
  response: {
    201: Type.Object({
      token: tokenSchema,
      secret: Type.String({ description: 'To be sent as bearer token; shown this once.' }),
    }),
  },
})
const REVOKE = operation({
  operationId: 'revokeToken',
  tags: ['users'],
  summary: 'Revokes an API token at once.',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  response: { 200: Type.Object({ ok: Type.Boolean() }, { title: 'Done' }) },
})

export const addTokenRoutes = (
  app: App,
  { auth, wallClock }: { auth: Auth; wallClock(): number },
): void => {
  const { apiTokens, audit, users, state } = auth

  const shown = ({ userId, ...token }: ApiToken) => ({
    ...token,
    user: users.byId(userId)?.name ?? '',
  })
  const mayManage = (principal: Principal, token: ApiToken): boolean =>
    reaches(principal.role, 'admin') || (principal.kind === 'user' && principal.id === token.userId)

  app.get('/api/v1/tokens', { schema: LIST }, async ({ principal }) => {
    const isAdmin = reaches(principal.role, 'admin')
    const own = principal.kind === 'user' ? principal.id : ''
    return { tokens: apiTokens.all(isAdmin ? undefined : own).map(shown) }
  })

  app.post('/api/v1/tokens', { schema: CREATE }, async (request, reply) => {
    const { principal, body, ip: from } = request
    // A token that could make others would outlive its own revocation.
    if (principal.kind !== 'user' && principal.kind !== 'local')
      throw new NetscopeError('auth.not-yours')
    const { name, scopes, expiresInDays } = body
    const chosen = roleFor(principal, body.role)
    const expiresAtMs = expiresInDays === 0 ? 0 : wallClock() + expiresInDays * DAY_MS
    const userId = principal.kind === 'user' ? principal.id : ''
    const made = state.transaction(() => {
      const { token, secret } = apiTokens.create({
        name,
        role: chosen,
        scopes,
        userId,
        expiresAtMs,
      })
      const after = { name, role: chosen, scopes, expiresAtMs, prefix: token.prefix }
      audit.record({ principal, action: 'token.create', target: token.id, after, from })
      return { token: shown(token), secret }
    })
    return reply.code(201).send(made)
  })

  app.delete('/api/v1/tokens/:id', { schema: REVOKE }, async ({ principal, params, ip: from }) => {
    const { id } = params
    const token = apiTokens.byId(id)
    // Whether another's exists is no business of theirs.
    if (!token || !mayManage(principal, token)) throw new NetscopeError('token.not-found', { id })
    state.transaction(() => {
      apiTokens.revoke(id)
      const before = { name: token.name, role: token.role, scopes: token.scopes }
      audit.record({ principal, action: 'token.revoke', target: id, before, from })
    })
    return { ok: true }
  })
}

const roleFor = ({ role: own, name }: Principal, wanted: Role | undefined): Role => {
  const most = own === 'none' ? 'viewer' : own
  if (wanted === undefined || lowerRole(wanted, most) === wanted) return wanted ?? most
  throw new NetscopeError('token.too-strong', { reason: `${name} is ${own}` })
}
