/** Brings a database to the form of this version: forward only, each step as a whole or not at all. */
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Migration } from './migrations.ts'

/** SQLite's application id of our databases: "NtSc". Zero is a database that nobody has marked. */
const APPLICATION_ID = 0x4e_74_53_63

const LEDGER = `CREATE TABLE migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
) STRICT`

interface Applied {
  number: number
  name: string
  checksum: string
}

const checksumOf = ({ name, sql }: Migration): string =>
  createHash('sha256').update(`${name}\0${sql}`).digest('hex')

const pragma = (db: DatabaseSync, name: string): number =>
  Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])

const isEmpty = (db: DatabaseSync): boolean =>
  db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0

/** Throws `state.foreign`, `state.newer` or `state.changed` where going on could do harm. */
const check = (path: string, applied: Applied[], steps: readonly Migration[]): void => {
  const last = applied.at(-1)
  if (last && last.number > steps.length) {
    const [has, knows] = [last.number, steps.length]
    throw new NetscopeError('state.newer', { path, has, knows })
  }
  for (const { number, name, checksum } of applied) {
    const step = steps[number - 1]
    if (!step || checksumOf(step) !== checksum)
      throw new NetscopeError('state.changed', { path, number, name })
  }
}

/**
 * Applies what is missing of `steps`. `save` is called before a database that holds something is changed;
 * what fails leaves the database as it was after the last whole step.
 */
export const migrate = (
  db: DatabaseSync,
  steps: readonly Migration[],
  { path, now, save }: { path: string; now: number; save(version: number): void },
): void => {
  const id = pragma(db, 'application_id')
  if (id !== APPLICATION_ID && !(id === 0 && isEmpty(db)))
    throw new NetscopeError('state.foreign', { path })
  if (id === 0)
    db.exec(`BEGIN IMMEDIATE; ${LEDGER}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`)
  const applied = db
    .prepare('SELECT number, name, checksum FROM migrations ORDER BY number')
    .all() as unknown as Applied[]
  check(path, applied, steps)
  if (applied.length > 0 && applied.length < steps.length) save(applied.length)
  for (const [index, step] of steps.entries()) {
    if (index >= applied.length) apply(db, index + 1, step, now)
  }
}

const apply = (db: DatabaseSync, number: number, step: Migration, now: number): void => {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(step.sql)
    db.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?)').run(
      number,
      step.name,
      checksumOf(step),
      now,
    )
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
