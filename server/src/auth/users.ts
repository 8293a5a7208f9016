/** The users in the state database. */
import { randomUUID } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { State } from '../state/open-state.ts'
import type { Role } from './principal.ts'

export interface User {
  id: string
  name: string
  role: Role
  /** Can't sign in, and nothing of theirs works. */
  disabled: boolean
  createdAtMs: number
  passwordChangedAtMs: number
  /** 0: never. */
  lastSignInAtMs: number
}

/** Pattern of a name: nothing that could be taken for another sign in a log. */
export const USER_NAME = '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'

export interface Users {
  readonly count: number
  byId(id: string): User | undefined
  /** Upper and lower case are the same. */
  byName(name: string): User | undefined
  passwordHash(id: string): string | undefined
  all(): User[]
  /** Throws `user.exists`. */
  create(user: Pick<User, 'name' | 'role'> & { passwordHash: string }): User
  /** Throws `user.last-admin` where nobody could administer any more. */
  change(id: string, changes: Partial<Pick<User, 'role' | 'disabled'>>): User
  /** With sessions, tokens and all. Throws `user.last-admin`. */
  remove(id: string): void
  setPassword(id: string, passwordHash: string): void
  signedIn(id: string): void
}

const COLUMNS = `id, name, role, disabled, created_at_ms AS createdAtMs,
  password_changed_at_ms AS passwordChangedAtMs, coalesce(last_sign_in_at_ms, 0) AS lastSignInAtMs`

const userOf = (row: unknown): User | undefined =>
  row ? { ...(row as User), disabled: Boolean((row as User).disabled) } : undefined

export const createUsers = ({ db, transaction }: State, wallClock: () => number): Users => {
  const select = (where: string) => db.prepare(`SELECT ${COLUMNS} FROM users ${where}`)
  const selectById = select('WHERE id = ?')
  const selectByName = select('WHERE name = ?')
  const selectAll = select('ORDER BY name')
  const selectHash = db.prepare('SELECT password_hash AS hash FROM users WHERE id = ?')
  const countAll = db.prepare('SELECT count(*) AS n FROM users')
  const countOtherAdmins = db.prepare(
    `SELECT count(*) AS n FROM users WHERE role = 'admin' AND disabled = 0 AND id <> ?`,
  )
  const insert = db.prepare(
    `INSERT INTO users (id, name, role, password_hash, created_at_ms, password_changed_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const update = db.prepare('UPDATE users SET role = ?, disabled = ? WHERE id = ?')
  const updatePassword = db.prepare(
    'UPDATE users SET password_hash = ?, password_changed_at_ms = ? WHERE id = ?',
  )
  const updateSignIn = db.prepare('UPDATE users SET last_sign_in_at_ms = ? WHERE id = ?')
  const deleteById = db.prepare('DELETE FROM users WHERE id = ?')

  const byId = (id: string) => userOf(selectById.get(id))
  const byName = (name: string) => userOf(selectByName.get(name))
  const keepAnAdmin = (user: User): void => {
    if (user.role === 'admin' && !user.disabled && countOtherAdmins.get(user.id)?.['n'] === 0)
      throw new NetscopeError('user.last-admin', { name: user.name })
  }
  const known = (id: string): User => {
    const user = byId(id)
    if (user) return user
    throw new NetscopeError('user.not-found', { name: id })
  }

  return {
    get count() {
      return Number(countAll.get()?.['n'])
    },
    byId,
    byName,
    passwordHash: (id) => selectHash.get(id)?.['hash'] as string | undefined,
    all: () => selectAll.all().flatMap((row) => userOf(row) ?? []),
    create: ({ name, role, passwordHash }) =>
      transaction(() => {
        if (byName(name)) throw new NetscopeError('user.exists', { name })
        const id = randomUUID()
        const now = wallClock()
        insert.run(id, name, role, passwordHash, now, now)
        return known(id)
      }),
    change: (id, changes) =>
      transaction(() => {
        const before = known(id)
        const after = { ...before, ...changes }
        if (after.role !== 'admin' || after.disabled) keepAnAdmin(before)
        update.run(after.role, Number(after.disabled), id)
        return after
      }),
    remove: (id) =>
      transaction(() => {
        keepAnAdmin(known(id))
        deleteById.run(id)
      }),
    setPassword: (id, passwordHash) => void updatePassword.run(passwordHash, wallClock(), id),
    signedIn: (id) => void updateSignIn.run(wallClock(), id),
  }
}
