/** Who is signed in, users, tokens and the audit log over HTTP. The session is in cookies that scripts can't read. */
import { request } from './request.ts'

export type Role = 'viewer' | 'operator' | 'admin'
export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

export interface Me {
  kind: 'user' | 'token' | 'local' | 'anonymous'
  name: string
  role: Role | 'none'
}

export interface User {
  name: string
  role: Role
  disabled: boolean
  /** 0: never. */
  lastSignInAtMs: number
}

export interface Token {
  id: string
  name: string
  role: Role
  scopes: string[]
  prefix: string
  user: string
  createdAtMs: number
  /** 0: never. */
  expiresAtMs: number
  lastUsedAtMs: number
}

export interface AuditEntry {
  seq: number
  atMs: number
  principal: { kind: string; name: string }
  action: string
  target: string
  before?: unknown
  after?: unknown
  from: string
}

const send = <T>(method: string, path: string, body?: object) =>
  request<T>(path, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
const named = (name: string) => `/api/v1/users/${encodeURIComponent(name)}`

export const fetchMe = () => request<Me>('/api/v1/auth/me')
export const signIn = (username: string, password: string) =>
  send<unknown>('POST', '/api/v1/auth/login', { username, password })
export const signOut = () => send<unknown>('POST', '/api/v1/auth/logout')
export const signOutEverywhere = () =>
  send<{ sessions: number }>('POST', '/api/v1/auth/logout-everywhere')
export const changePassword = (current: string, next: string) =>
  send<unknown>('POST', '/api/v1/auth/password', { current, new: next })

interface ChangedUser {
  user: User
  /** The one that was made up. */
  password?: string
}
export const fetchUsers = () => request<{ users: User[] }>('/api/v1/users')
export const createUser = (name: string, role: Role) =>
  send<ChangedUser>('POST', '/api/v1/users', { name, role })
export const changeUser = (
  name: string,
  changes: { role?: Role; disabled?: boolean; password?: string },
) => send<ChangedUser>('PATCH', named(name), changes)
export const removeUser = (name: string) => send<unknown>('DELETE', named(name))

export interface NewToken {
  name: string
  role: Role
  scopes: string[]
  /** 0: never. */
  expiresInDays: number
}
export const fetchTokens = () => request<{ tokens: Token[] }>('/api/v1/tokens')
export const createToken = (token: NewToken) =>
  send<{ token: Token; secret: string }>('POST', '/api/v1/tokens', token)
export const revokeToken = (id: string) =>
  send<unknown>('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`)

export interface AuditPage {
  entries: AuditEntry[]
  nextCursor?: string
}
export const fetchAudit = (cursor?: string) =>
  request<AuditPage>(
    `/api/v1/audit?${new URLSearchParams({ limit: '100', ...(cursor && { cursor }) })}`,
  )
export const verifyAudit = () =>
  request<{ ok: boolean; entries: number; problem?: string }>('/api/v1/audit/verify')
