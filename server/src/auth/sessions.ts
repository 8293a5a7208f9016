/**
 * Sessions of users, each a family of refresh tokens of which every one is used once (RFC 9700, section 4.14.2):
 * when one that was used comes again, a thief or the owner holds a copy, so the session ends for both.
 */
import { randomUUID } from 'node:crypto'
import type { State } from '../state/open-state.ts'
import { hashSecret, isSecret, makeSecret, nextSecret } from './secret.ts'

const DAY_MS = 86_400_000
/** Since it was last used, and since the sign-in. */
const IDLE_MS = 14 * DAY_MS
const LONGEST_MS = 90 * DAY_MS
/** Two tabs, or a client whose answer was lost, may use a token again this long: they get the same successor. */
const GRACE_MS = 10_000
/** Used ones are remembered this long. */
const REMEMBER_MS = 7 * DAY_MS
/** Of one user; the one that was longest unused ends. */
const MOST_SESSIONS = 50

export interface Session {
  id: string
  userId: string
}

export type Refreshed =
  | { kind: 'refreshed'; session: Session; refreshToken: string }
  | { kind: 'reused'; session: Session }
  | { kind: 'unknown' }

export interface SessionOrigin {
  address: string
  /** User-Agent of the client. */
  client: string
}

export interface Sessions {
  open(userId: string, origin: SessionOrigin): { session: Session; refreshToken: string }
  refresh(refreshToken: string): Refreshed
  /** The session that a refresh token belongs to, used or not. */
  of(refreshToken: string): Session | undefined
  isOpen(id: string, userId: string): boolean
  end(id: string): void
  /** All of a user, or all but one; how many there were. */
  endAll(userId: string, exceptId?: string): number
}

interface TokenRow {
  sessionId: string
  userId: string
  createdAtMs: number
  expiresAtMs: number
  usedAtMs: number | null
}

export const createSessions = (
  { db, transaction }: State,
  { key, wallClock }: { key: Uint8Array; wallClock(): number },
): Sessions => {
  const insertSession = db.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)')
  const insertToken = db.prepare('INSERT OR IGNORE INTO refresh_tokens VALUES (?, ?, NULL)')
  const selectToken = db.prepare(
    `SELECT session_id AS sessionId, user_id AS userId, created_at_ms AS createdAtMs,
       expires_at_ms AS expiresAtMs, used_at_ms AS usedAtMs
     FROM refresh_tokens JOIN sessions ON sessions.id = session_id WHERE hash = ?`,
  )
  const markUsed = db.prepare('UPDATE refresh_tokens SET used_at_ms = ? WHERE hash = ?')
  const forgetUsed = db.prepare(
    'DELETE FROM refresh_tokens WHERE session_id = ? AND used_at_ms < ?',
  )
  const touch = db.prepare(
    'UPDATE sessions SET last_used_at_ms = ?, expires_at_ms = ? WHERE id = ?',
  )
  const selectOpen = db.prepare(
    'SELECT 1 AS open FROM sessions WHERE id = ? AND user_id = ? AND expires_at_ms > ?',
  )
  const deleteOne = db.prepare('DELETE FROM sessions WHERE id = ?')
  const deleteAll = db.prepare('DELETE FROM sessions WHERE user_id = ? AND id <> ?')
  const deleteOver = db.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?')
  const deleteOldest = db.prepare(
    `DELETE FROM sessions WHERE id IN (
       SELECT id FROM sessions WHERE user_id = ? ORDER BY last_used_at_ms DESC LIMIT -1 OFFSET ?)`,
  )

  const find = (refreshToken: string): TokenRow | undefined =>
    isSecret(refreshToken, 'nsr_')
      ? (selectToken.get(hashSecret(refreshToken)) as TokenRow | undefined)
      : undefined

  const rotate = (row: TokenRow, refreshToken: string, now: number): Refreshed => {
    const { sessionId: id, userId } = row
    const session = { id, userId }
    if (row.usedAtMs !== null && now - row.usedAtMs > GRACE_MS) {
      deleteOne.run(id)
      return { kind: 'reused', session }
    }
    const next = nextSecret('nsr_', key, refreshToken)
    if (row.usedAtMs === null) {
      markUsed.run(now, hashSecret(refreshToken))
      insertToken.run(hashSecret(next), id)
      touch.run(now, Math.min(now + IDLE_MS, row.createdAtMs + LONGEST_MS), id)
      forgetUsed.run(id, now - REMEMBER_MS)
    }
    return { kind: 'refreshed', session, refreshToken: next }
  }

  return {
    open: (userId, { address, client }) =>
      transaction(() => {
        const now = wallClock()
        deleteOver.run(now)
        deleteOldest.run(userId, MOST_SESSIONS - 1)
        const id = randomUUID()
        const refreshToken = makeSecret('nsr_')
        insertSession.run(id, userId, now, now, now + IDLE_MS, address, client)
        insertToken.run(hashSecret(refreshToken), id)
        return { session: { id, userId }, refreshToken }
      }),
    refresh: (refreshToken) =>
      transaction(() => {
        const now = wallClock()
        const row = find(refreshToken)
        if (!row || row.expiresAtMs <= now) return { kind: 'unknown' }
        return rotate(row, refreshToken, now)
      }),
    of: (refreshToken) => {
      const row = find(refreshToken)
      return row && { id: row.sessionId, userId: row.userId }
    },
    isOpen: (id, userId) => selectOpen.get(id, userId, wallClock()) !== undefined,
    end: (id) => void deleteOne.run(id),
    endAll: (userId, exceptId = '') => Number(deleteAll.run(userId, exceptId).changes),
  }
}
