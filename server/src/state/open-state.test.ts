/** Tests of the state database: one contract for memory and file, and what a file alone can suffer. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MIGRATIONS, type Migration } from './migrations.ts'
import { openState, type State } from './open-state.ts'

const STEPS: Migration[] = [
  { name: 'notes', sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' },
  { name: 'marks', sql: `ALTER TABLE notes ADD COLUMN mark TEXT NOT NULL DEFAULT 'none'` },
]
const BROKEN: Migration = {
  name: 'broken',
  sql: `UPDATE notes SET text = 'gone'; CREATE TABLE more (id INTEGER); no SQL at all`,
}

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-state-'))
  path = join(folder, 'inner/state.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true }))

const notes = ({ db }: State) =>
  db
    .prepare('SELECT text FROM notes')
    .all()
    .map(({ text }) => text)
const add = ({ db }: State, text: string) =>
  db.prepare('INSERT INTO notes (text) VALUES (?)').run(text)

describe.each(['memory', 'file'])('a state in %s', (kind) => {
  let state: State
  beforeEach(() => {
    state = openState({ path: kind === 'file' ? path : ':memory:', steps: STEPS, now: 5 })
  })
  afterEach(() => state.close())

  test('has applied every step, and says when', () => {
    add(state, 'a')
    expect(state.db.prepare('SELECT * FROM notes').all()).toMatchObject([{ id: 1, mark: 'none' }])
    expect(
      state.db.prepare('SELECT number, name, applied_at_ms AS at FROM migrations').all(),
    ).toMatchObject([
      { number: 1, name: 'notes', at: 5 },
      { number: 2, name: 'marks', at: 5 },
    ])
  })

  test('keeps what a transaction did, and gives back its result', () => {
    expect(state.transaction(() => (add(state, 'a'), add(state, 'b'), 'done'))).toBe('done')
    expect(notes(state)).toEqual(['a', 'b'])
  })

  test('keeps nothing of a transaction that fails, and works on', () => {
    const failing = () =>
      state.transaction(() => {
        add(state, 'a')
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    add(state, 'b')
    expect(notes(state)).toEqual(['b'])
  })

  test('a transaction within another is a part of it', () => {
    const failing = () =>
      state.transaction(() => {
        state.transaction(() => add(state, 'a'))
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    expect(notes(state)).toEqual([])
  })

  test('holds to its references', () => {
    state.db.exec('CREATE TABLE parts (note INTEGER NOT NULL REFERENCES notes (id)) STRICT')
    expect(() => state.db.exec('INSERT INTO parts VALUES (99)')).toThrow(/FOREIGN KEY/)
  })
})

const codeOf = (open: () => State): unknown => {
  try {
    open().close()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'opened'
}

test('the steps of this version work on an empty database', () => {
  const state = openState({ path: ':memory:' })
  expect(state.db.prepare('SELECT count(*) AS n FROM migrations').get()).toEqual({
    n: MIGRATIONS.length,
  })
  state.close()
})

test('a file and its folder are for their owner alone', () => {
  const state = openState({ path, steps: STEPS })
  add(state, 'a')
  const files = readdirSync(join(folder, 'inner'))
  expect(files).toContain('state.sqlite-wal')
  for (const name of files) expect(statSync(join(folder, 'inner', name)).mode & 0o077).toBe(0)
  expect(statSync(join(folder, 'inner')).mode & 0o077).toBe(0)
  state.close()
})

test('a further step keeps what is there, and a copy of how it was', () => {
  const old = openState({ path, steps: STEPS.slice(0, 1) })
  add(old, 'kept')
  old.close()
  const next = openState({ path, steps: STEPS })
  expect(next.db.prepare('SELECT text, mark FROM notes').all()).toEqual([
    { text: 'kept', mark: 'none' },
  ])
  next.close()
  const copy = openState({ path: `${path}.v1`, steps: STEPS.slice(0, 1) })
  expect(notes(copy)).toEqual(['kept'])
  copy.close()
})

test('a step that fails changes nothing', () => {
  const state = openState({ path, steps: STEPS })
  add(state, 'kept')
  state.close()
  expect(() => openState({ path, steps: [...STEPS, BROKEN] })).toThrow(/syntax error/)
  const again = openState({ path, steps: STEPS })
  expect(notes(again)).toEqual(['kept'])
  expect(again.db.prepare(`SELECT name FROM sqlite_schema WHERE name = 'more'`).all()).toEqual([])
  again.close()
})

test('what another process wrote survives its kill -9', () => {
  const script = `
    import { openState } from ${JSON.stringify(new URL('open-state.ts', import.meta.url).href)}
    const steps = ${JSON.stringify(STEPS)}
    const { db } = openState({ path: ${JSON.stringify(path)}, steps })
    db.exec("INSERT INTO notes (text) VALUES ('written')")
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(signal).toBe('SIGKILL')
  const state = openState({ path, steps: STEPS })
  expect(notes(state)).toEqual(['written'])
  state.close()
})

describe('a file is refused, and left as it is,', () => {
  const unchanged = (code: string, open: () => State) => {
    const before = readFileSync(path)
    expect(codeOf(open)).toBe(code)
    expect(readFileSync(path).equals(before)).toBe(true)
  }
  const make = (steps: Migration[]) => {
    const state = openState({ path, steps })
    for (let i = 0; i < 500; i++) add(state, 'x'.repeat(100))
    state.close()
  }

  test('when a newer version wrote it', () => {
    make(STEPS)
    unchanged('state.newer', () => openState({ path, steps: STEPS.slice(0, 1) }))
    expect(existsSync(`${path}.v1`)).toBe(false)
  })

  test('when a step was another one', () => {
    make(STEPS)
    const other = [{ name: 'notes', sql: `${STEPS[0]!.sql} -- changed` }, STEPS[1]!]
    unchanged('state.changed', () => openState({ path, steps: other }))
  })

  test('when it is no database', () => {
    make(STEPS)
    writeFileSync(path, 'these are not the bytes of a database'.repeat(100))
    unchanged('state.unreadable', () => openState({ path, steps: STEPS }))
  })

  test('when a part of it is missing or overwritten', () => {
    make(STEPS)
    const whole = readFileSync(path)
    truncateSync(path, whole.length / 2)
    unchanged('state.unreadable', () => openState({ path, steps: STEPS }))
    whole.fill(0xa5, 8192, 24_576)
    writeFileSync(path, whole)
    unchanged('state.unreadable', () => openState({ path, steps: STEPS }))
  })

  test('when it is of another program', () => {
    make(STEPS)
    rmSync(path)
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE theirs (id INTEGER)')
    other.close()
    unchanged('state.foreign', () => openState({ path, steps: STEPS }))
  })
})

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to is named', () => {
  openState({ path, steps: STEPS }).close()
  chmodSync(join(folder, 'inner'), 0o500)
  expect(codeOf(() => openState({ path, steps: STEPS }))).toBe('state.unwritable')
})

test('a place that cannot be written to is named', () => {
  expect(codeOf(() => openState({ path: '/dev/null/state.sqlite', steps: STEPS }))).toBe(
    'state.unwritable',
  )
})
