/** The server's state (accounts, tokens, devices, agents, audit) in one SQLite database. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NetscopeError } from '@netscope/core/errors.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'

export interface State {
  readonly db: DatabaseSync
  /** Runs `run` as a whole or not at all; within another transaction it is a part of that. */
  transaction<T>(run: () => T): T
  close(): void
}

export interface StateOptions {
  /** A file, or `:memory:`. */
  path: string
  /** Milliseconds since 1970, written beside each step. */
  now?: number
  steps?: readonly Migration[]
}

/** How long to wait for another process that writes, such as a backup. */
const BUSY_MS = 5000

/** FULL: what was answered survives a power cut. State is written seldom. */
const SETTINGS = `
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
`
/** Kept in the file, so only once it is known to be ours. */
const WRITE_AHEAD_LOG = 'PRAGMA journal_mode = WAL'

/**
 * The database at `path`, made or brought up to date. Throws `state.unreadable` (no database, or damaged),
 * `state.newer`, `state.changed`, `state.foreign` or `state.unwritable`; none of them changes the file.
 */
export const openState = ({ path, now = Date.now(), steps = MIGRATIONS }: StateOptions): State => {
  const isFile = path !== ':memory:'
  if (isFile) makePrivateFile(path)
  const db = open(path)
  try {
    checkWhole(db, path)
    db.exec(SETTINGS)
    migrate(db, steps, { path, now, save: (version) => isFile && save(db, `${path}.v${version}`) })
    db.exec(WRITE_AHEAD_LOG)
  } catch (error) {
    db.close()
    throw explain(error, path)
  }
  return {
    db,
    transaction: (run) => transaction(db, run),
    close() {
      if (db.isOpen) db.close()
    },
  }
}

const transaction = <T>(db: DatabaseSync, run: () => T): T => {
  if (db.isTransaction) return run()
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** SQLite gives its -wal and -shm files the mode of the database. */
const makePrivateFile = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

const open = (path: string): DatabaseSync => {
  try {
    return new DatabaseSync(path, { timeout: BUSY_MS })
  } catch (error) {
    throw explain(error, path)
  }
}

const checkWhole = (db: DatabaseSync, path: string): void => {
  const problem = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  if (problem !== 'ok')
    throw new NetscopeError('state.unreadable', { path, reason: String(problem) })
}

/** A copy as it was before a newer version changed it, for the way back. */
const save = (db: DatabaseSync, copy: string): void => {
  if (existsSync(copy)) return
  db.prepare('VACUUM INTO ?').run(copy)
  chmodSync(copy, 0o600)
}

/** Result codes of SQLite (https://sqlite.org/rescode.html) that a person can do something about. */
const CORRUPT = 11
const NOT_A_DATABASE = 26
const UNWRITABLE = new Set([3, 8, 10, 13, 14])

const explain = (error: unknown, path: string): unknown => {
  const { errcode, message } = error as { errcode?: number; message?: string }
  if (errcode === undefined) return error
  const code = errcode & 0xff
  const reason = message ?? 'unknown'
  if (code === CORRUPT || code === NOT_A_DATABASE)
    return new NetscopeError('state.unreadable', { path, reason }, { cause: error })
  return UNWRITABLE.has(code) ? unwritable(path, error) : error
}

const unwritable = (path: string, cause: unknown): NetscopeError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new NetscopeError('state.unwritable', { path, reason }, { cause })
}
