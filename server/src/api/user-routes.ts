/** Users: for admins. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Auth } from '../auth/auth.ts'
import { checkPassword, LONGEST_PASSWORD, makePassword } from '../auth/password-rules.ts'
import { ROLES, type Principal } from '../auth/principal.ts'
import { USER_NAME, type User } from '../auth/users.ts'
import type { App } from './app-types.ts'
import { BODY_OPTIONAL, operation, STRICT } from './operation.ts'

const role = Type.Enum([...ROLES])
const name = Type.String({
  pattern: USER_NAME,
  maxLength: 63,
  description: 'Letters, digits, dot, hyphen, underscore, @.',
})
const password = Type.String({ maxLength: LONGEST_PASSWORD })
const nameParam = Type.Object({ name: Type.String({ maxLength: 64 }) })

const userSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role,
    disabled: Type.Boolean(),
    createdAtMs: Type.Integer(),
    passwordChangedAtMs: Type.Integer(),
    lastSignInAtMs: Type.Integer({ description: '0: never.' }),
  },
  { title: 'User' },
)
const changed = Type.Object(
  {
    user: userSchema,
    password: Type.Optional(
      Type.String({ description: 'The one that was made up; shown this once.' }),
    ),
  },
  { title: 'ChangedUser' },
)

const LIST = operation({
  operationId: 'listUsers',
  tags: ['users'],
  summary: 'All users.',
  response: { 200: Type.Object({ users: Type.Array(userSchema) }) },
})
const CREATE = operation({
  operationId: 'createUser',
  tags: ['users'],
  summary: 'Makes an account; without a password it makes one up.',
  body: Type.Object({ name, role, password: Type.Optional(password) }, STRICT),
  response: { 201: changed },
})
const CHANGE = operation({
  operationId: 'changeUser',
  tags: ['users'],
  summary: 'Changes role, password (empty: makes one up) or whether the account is disabled.',
  description: 'A new password or disabling ends the sessions of the user.',
  params: nameParam,
  body: Type.Object(
    {
      role: Type.Optional(role),
      disabled: Type.Optional(Type.Boolean()),
      password: Type.Optional(password),
    },
    STRICT,
  ),
  response: { 200: changed },
})
const REMOVE = operation({
  operationId: 'removeUser',
  tags: ['users'],
  summary: 'Removes an account with its sessions and tokens.',
  params: nameParam,
  response: { 200: Type.Object({ ok: Type.Boolean() }, { title: 'Done' }) },
})
const SIGN_OUT = operation({
  operationId: 'signOutUser',
  tags: ['users'],
  summary: 'Ends every session of a user and, if asked for, revokes the tokens.',
  params: nameParam,
  body: Type.Optional(Type.Object({ tokens: Type.Optional(Type.Boolean()) }, STRICT)),
  response: { 200: Type.Object({ ok: Type.Boolean(), sessions: Type.Integer() }) },
})

export const addUserRoutes = (app: App, { auth }: { auth: Auth }): void => {
  const { users, sessions, audit, apiTokens, hasher, state } = auth

  const known = (given: string): User => {
    const user = users.byName(given)
    if (user) return user
    throw new NetscopeError('user.not-found', { name: given })
  }
  /** Of a password that is to be set: empty or none is made up. */
  const prepare = async (given: string | undefined, userName: string) => {
    const made = given ? undefined : makePassword()
    const chosen = given || (made ?? '')
    checkPassword(chosen, userName)
    return { hash: await hasher.hash(chosen), shown: made === undefined ? {} : { password: made } }
  }
  const record = (
    { principal, ip: from }: { principal: Principal; ip: string },
    action: string,
    target: string,
    values: { before?: unknown; after?: unknown } = {},
  ) => audit.record({ principal, action, target, from, ...values })

  app.get('/api/v1/users', { schema: LIST }, async () => ({ users: users.all() }))

  app.post('/api/v1/users', { schema: CREATE }, async (request, reply) => {
    const { body } = request
    if (users.byName(body.name)) throw new NetscopeError('user.exists', { name: body.name })
    const { hash, shown } = await prepare(body.password, body.name)
    const user = state.transaction(() => {
      const made = users.create({ name: body.name, role: body.role, passwordHash: hash })
      record(request, 'user.create', made.name, { after: { role: made.role } })
      return made
    })
    return reply.code(201).send({ user, ...shown })
  })

  app.patch('/api/v1/users/:name', { schema: CHANGE }, async (request) => {
    const { password: given, ...changes } = request.body
    const { id, name: userName } = known(request.params.name)
    const prepared = given === undefined ? undefined : await prepare(given, userName)
    const user = state.transaction(() => {
      const before = known(userName)
      const after = users.change(id, changes)
      if (prepared) users.setPassword(id, prepared.hash)
      if (prepared || after.disabled) sessions.endAll(id, request.principal.sessionId)
      record(request, 'user.change', userName, {
        before: { role: before.role, disabled: before.disabled },
        after: { role: after.role, disabled: after.disabled, ...(prepared && { password: 'new' }) },
      })
      return known(userName)
    })
    return { user, ...prepared?.shown }
  })

  app.delete('/api/v1/users/:name', { schema: REMOVE }, async (request) => {
    state.transaction(() => {
      const { id, name: userName, role: had } = known(request.params.name)
      users.remove(id)
      record(request, 'user.remove', userName, { before: { role: had } })
    })
    return { ok: true }
  })

  app.post(
    '/api/v1/users/:name/sign-out',
    { schema: SIGN_OUT, ...BODY_OPTIONAL },
    async (request) => {
      const ended = state.transaction(() => {
        const { id, name: userName } = known(request.params.name)
        const count = sessions.endAll(id)
        const revoked = request.body?.tokens ? apiTokens.revokeAll(id) : 0
        record(request, 'user.sign-out', userName, { after: { sessions: count, tokens: revoked } })
        return count
      })
      return { ok: true, sessions: ended }
    },
  )
}
