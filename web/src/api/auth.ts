/** Who is signed in, users, tokens and the audit log over HTTP. The session is in cookies that scripts can't read. */
import type { BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Me = Pick<Schemas['Me'], 'kind' | 'name' | 'role'>
export type User = Schemas['User']
export type Token = Schemas['Token']
export type AuditEntry = Schemas['AuditEntry']

export type Role = User['role']
export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

const AUDIT_PAGE = 100

export const fetchMe = () => api.call('getMe')
export const signIn = (username: string, password: string) =>
  api.call('login', { body: { username, password } })
export const signOut = () => api.call('logout')
export const signOutEverywhere = () => api.call('logoutEverywhere')
export const changePassword = (current: string, next: string) =>
  api.call('changePassword', { body: { current, new: next } })

export const fetchUsers = () => api.call('listUsers')
export const createUser = (name: string, role: Role) =>
  api.call('createUser', { body: { name, role } })
export const changeUser = (name: string, body: BodyOf<'changeUser'>) =>
  api.call('changeUser', { path: { name }, body })
export const removeUser = (name: string) => api.call('removeUser', { path: { name } })

type Scopes = NonNullable<BodyOf<'createToken'>['scopes']>

interface NewToken {
  name: string
  role: Role
  scopes: string[]
  /** 0: never. */
  expiresInDays: number
}
export const fetchTokens = () => api.call('listTokens')
/** Scopes are names that the server told. */
export const createToken = ({ scopes, ...token }: NewToken) =>
  api.call('createToken', { body: { ...token, scopes: scopes as Scopes } })
export const revokeToken = (id: string) => api.call('revokeToken', { path: { id } })

export const fetchAudit = (cursor?: string) =>
  api.call('listAudit', { query: { limit: AUDIT_PAGE, ...(cursor !== undefined && { cursor }) } })
export const verifyAudit = () => api.call('verifyAudit')
