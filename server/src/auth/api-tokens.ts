/** Named tokens for programs: shown once, kept as a hash, confined to a role, a time and perhaps to parts of the API. */
import { randomUUID } from 'node:crypto'
import type { State } from '../state/open-state.ts'
import type { Role } from './principal.ts'
import { hashSecret, isSecret, makeSecret } from './secret.ts'

export interface ApiToken {
  id: string
  name: string
  role: Role
  /** Empty: everything that the role may. */
  scopes: string[]
  /** The first characters, to recognise it by. */
  prefix: string
  /** Whose it is; empty: made on the machine itself. */
  userId: string
  createdAtMs: number
  /** 0: never. */
  expiresAtMs: number
  /** 0: never; to the minute. */
  lastUsedAtMs: number
}

export interface ApiTokens {
  create(token: Pick<ApiToken, 'name' | 'role' | 'scopes' | 'userId' | 'expiresAtMs'>): {
    token: ApiToken
    secret: string
  }
  /** The token that a secret is of, unless it is expired. */
  find(secret: string): ApiToken | undefined
  /** Whether it is still there and not expired. */
  isValid(id: string): boolean
  byId(id: string): ApiToken | undefined
  /** Of one user, or all; the newest first. */
  all(userId?: string): ApiToken[]
  revoke(id: string): void
  /** All of a user; how many there were. */
  revokeAll(userId: string): number
}

const COLUMNS = `id, name, role, scopes, prefix, coalesce(user_id, '') AS userId,
  created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs,
  coalesce(last_used_at_ms, 0) AS lastUsedAtMs`

/** Writing down each use would cost a write per request. */
const USE_EVERY_MS = 60_000
const PREFIX_LENGTH = 10

const tokenOf = (row: unknown): ApiToken | undefined =>
  row
    ? { ...(row as ApiToken), scopes: JSON.parse((row as { scopes: string }).scopes) as string[] }
    : undefined

export const createApiTokens = ({ db }: State, wallClock: () => number): ApiTokens => {
  const select = (rest: string) => db.prepare(`SELECT ${COLUMNS} FROM api_tokens ${rest}`)
  const selectByHash = select('WHERE hash = ? AND (expires_at_ms = 0 OR expires_at_ms > ?)')
  const selectById = select('WHERE id = ?')
  const selectAll = select('ORDER BY created_at_ms DESC, id')
  const selectOf = select('WHERE user_id = ? ORDER BY created_at_ms DESC, id')
  const insert = db.prepare(
    `INSERT INTO api_tokens (id, user_id, name, role, scopes, prefix, hash, created_at_ms, expires_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const touch = db.prepare('UPDATE api_tokens SET last_used_at_ms = ? WHERE id = ?')
  const deleteOne = db.prepare('DELETE FROM api_tokens WHERE id = ?')
  const deleteOf = db.prepare('DELETE FROM api_tokens WHERE user_id = ?')

  return {
    create: ({ name, role, scopes, userId, expiresAtMs }) => {
      const secret = makeSecret('nst_')
      const prefix = secret.slice(0, PREFIX_LENGTH)
      const [id, createdAtMs] = [randomUUID(), wallClock()]
      const owner = userId === '' ? null : userId
      const words = JSON.stringify(scopes)
      insert.run(id, owner, name, role, words, prefix, hashSecret(secret), createdAtMs, expiresAtMs)
      const token = { id, name, role, scopes, prefix, userId, createdAtMs, expiresAtMs }
      return { token: { ...token, lastUsedAtMs: 0 }, secret }
    },
    find: (secret) => {
      if (!isSecret(secret, 'nst_')) return undefined
      const now = wallClock()
      const token = tokenOf(selectByHash.get(hashSecret(secret), now))
      if (token && now - token.lastUsedAtMs > USE_EVERY_MS) touch.run(now, token.id)
      return token
    },
    isValid: (id) => {
      const token = tokenOf(selectById.get(id))
      return token !== undefined && (token.expiresAtMs === 0 || token.expiresAtMs > wallClock())
    },
    byId: (id) => tokenOf(selectById.get(id)),
    all: (userId) =>
      (userId === undefined ? selectAll.all() : selectOf.all(userId)).flatMap(
        (row) => tokenOf(row) ?? [],
      ),
    revoke: (id) => void deleteOne.run(id),
    revokeAll: (userId) => Number(deleteOf.run(userId).changes),
  }
}
