/** Sessions: each refresh token once, and what happens when one comes again. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openState, type State } from '../state/open-state.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createUsers } from './users.ts'

const DAY_MS = 86_400_000
const CLIENT = { address: '192.0.2.1', client: 'test' }

let state: State
let sessions: Sessions
let now: number
let userId: string

beforeEach(() => {
  now = 1_000_000
  state = openState({ path: ':memory:' })
  userId = createUsers(state, () => now).create({
    name: 'ada',
    role: 'viewer',
    passwordHash: 'x',
  }).id
  sessions = createSessions(state, { key: new Uint8Array(32), wallClock: () => now })
})
afterEach(() => state.close())

const refresh = (token: string): string => {
  const refreshed = sessions.refresh(token)
  if (refreshed.kind !== 'refreshed') throw new Error(refreshed.kind)
  return refreshed.refreshToken
}

test('a refresh token gives the next one, and the session goes on', () => {
  const { session, refreshToken } = sessions.open(userId, CLIENT)
  const next = refresh(refreshToken)
  expect(next).not.toBe(refreshToken)
  expect(sessions.isOpen(session.id, userId)).toBe(true)
  expect(sessions.isOpen(session.id, 'another')).toBe(false)
})

test('one that comes again ends the session for whoever holds it', () => {
  const { session, refreshToken } = sessions.open(userId, CLIENT)
  const next = refresh(refreshToken)
  now += 11_000
  expect(sessions.refresh(refreshToken)).toMatchObject({ kind: 'reused', session })
  expect(sessions.refresh(next)).toEqual({ kind: 'unknown' })
  expect(sessions.isOpen(session.id, userId)).toBe(false)
})

test('two tabs at once get the same next one, and neither loses the session', () => {
  const { refreshToken } = sessions.open(userId, CLIENT)
  const [one, two] = [refresh(refreshToken), refresh(refreshToken)]
  expect(one).toBe(two)
  now += 9000
  expect(refresh(refreshToken)).toBe(one)
  expect(refresh(one)).not.toBe(one)
})

test('ends when it is unused for 14 days, and 90 days after the sign-in at the latest', () => {
  const { refreshToken: unused } = sessions.open(userId, CLIENT)
  now += 14 * DAY_MS
  expect(sessions.refresh(unused)).toEqual({ kind: 'unknown' })
  let { refreshToken: token } = sessions.open(userId, CLIENT)
  for (let day = 0; day < 80; day += 10) {
    now += 10 * DAY_MS
    token = refresh(token)
  }
  now += 10 * DAY_MS + 1
  expect(sessions.refresh(token)).toEqual({ kind: 'unknown' })
})

test('all sessions of a user end, but the one that is kept', () => {
  const kept = sessions.open(userId, CLIENT).session
  const other = sessions.open(userId, CLIENT).session
  expect(sessions.endAll(userId, kept.id)).toBe(1)
  expect(sessions.isOpen(kept.id, userId)).toBe(true)
  expect(sessions.isOpen(other.id, userId)).toBe(false)
})

test('a user has a bounded number of them', () => {
  const first = sessions.open(userId, CLIENT).session
  for (let i = 0; i < 60; i++) {
    now++
    sessions.open(userId, CLIENT)
  }
  expect(state.db.prepare('SELECT count(*) AS n FROM sessions').get()).toEqual({ n: 50 })
  expect(sessions.isOpen(first.id, userId)).toBe(false)
})

test.each(['', 'nsr_', 'x', `nst_${'A'.repeat(43)}`, `nsr_${'A'.repeat(43)}`])(
  'no session is of the token %j',
  (token) => {
    sessions.open(userId, CLIENT)
    expect(sessions.refresh(token)).toEqual({ kind: 'unknown' })
    expect(sessions.of(token)).toBeUndefined()
  },
)

test('only hashes are kept', () => {
  const { refreshToken } = sessions.open(userId, CLIENT)
  const kept = JSON.stringify(state.db.prepare('SELECT * FROM refresh_tokens').all())
  expect(kept).not.toContain(refreshToken)
})
