/** The audit log: what is in it, and how it notices that somebody changed it. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openState, type State } from '../state/open-state.ts'
import { createAudit, type Audit } from './audit.ts'
import { ANONYMOUS, type Principal } from './principal.ts'

const ADA: Principal = { kind: 'user', id: 'u1', name: 'ada', role: 'admin', scopes: [] }
let state: State
let audit: Audit
let now: number

beforeEach(() => {
  now = 1000
  state = openState({ path: ':memory:' })
  audit = createAudit(state, () => now++)
})
afterEach(() => state.close())

const record = (target: string, after?: unknown) =>
  audit.record({ principal: ADA, action: 'list.add', target, after, from: '192.0.2.1' })
const three = () => ['a', 'b', 'c'].forEach((target) => record(target))
/** As somebody with the file and without scruples would. */
const tamper = (sql: string) => {
  state.db.exec('DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened')
  state.db.exec(sql)
}

test('an entry says who did what to what, from where, before and after', () => {
  audit.record({
    ...{ principal: ADA, action: 'user.change', target: 'bob', from: '192.0.2.1' },
    ...{ before: { role: 'viewer' }, after: { role: 'admin' } },
  })
  expect(audit.page(10)).toMatchObject([
    {
      ...{ seq: 1, atMs: 1000, principal: { kind: 'user', id: 'u1', name: 'ada' } },
      ...{ action: 'user.change', target: 'bob', from: '192.0.2.1' },
      ...{ before: { role: 'viewer' }, after: { role: 'admin' } },
    },
  ])
})

test('its hash can be told without us, as the reference page says', () => {
  record('a', { reason: 'ä "quoted"' })
  const [entry] = audit.page(1)
  const { seq, atMs, principal, action, target, before, after, from, previousHash } = entry!
  const parts = [
    ...[seq, atMs, principal.kind, principal.id, principal.name, action, target],
    ...[before ?? null, after ?? null, from, previousHash],
  ]
  expect(entry?.hash).toBe(createHash('sha256').update(JSON.stringify(parts)).digest('hex'))
  expect(previousHash).toBe('0'.repeat(64))
})

test('pages from the newest on, and by action', () => {
  three()
  audit.record({ principal: ANONYMOUS, action: 'auth.failed', target: 'x', from: '::1' })
  expect(audit.page(2).map(({ seq }) => seq)).toEqual([4, 3])
  expect(audit.page(2, 3).map(({ seq }) => seq)).toEqual([2, 1])
  expect(audit.page(9, undefined, 'auth.failed').map(({ seq }) => seq)).toEqual([4])
  expect([...audit.entries()].map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})

test('an untouched log is whole, also an empty one and a long one', async () => {
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 0 })
  state.transaction(() => {
    for (let i = 0; i < 2500; i++) record(String(i))
  })
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 2500, head: { seq: 2500 } })
})

test.each([
  [`UPDATE audit SET target = 'z' WHERE seq = 2`, /entry 2 was changed/],
  [`UPDATE audit SET principal_name = 'eve' WHERE seq = 1`, /entry 1 was changed/],
  ['DELETE FROM audit WHERE seq = 2', /entry 2 is missing/],
  ['DELETE FROM audit WHERE seq = 1', /entry 1 is missing/],
  ['DELETE FROM audit WHERE seq = 3', /the last entry is 2, but there was one 3/],
  ['UPDATE audit SET hash = previous_hash WHERE seq = 2', /entry 2 was changed/],
])('%s is noticed', async (sql, words) => {
  three()
  tamper(sql)
  const { ok, problem } = await audit.verify()
  expect(ok).toBe(false)
  expect(problem).toMatch(words)
})

test('a log that was written anew as a whole is found by a head that was noted down', async () => {
  three()
  const { head } = await audit.verify()
  tamper('DELETE FROM audit; DELETE FROM sqlite_sequence')
  for (const target of ['x', 'y', 'z']) record(target)
  expect(await audit.verify()).toMatchObject({ ok: true })
  expect(await audit.verify(head)).toMatchObject({ ok: false, problem: /entry 3 is another/ })
})

test('the database itself refuses to change or shorten it', () => {
  three()
  expect(() => state.db.exec(`UPDATE audit SET target = 'z'`)).toThrow(/only added to/)
  expect(() => state.db.exec('DELETE FROM audit')).toThrow(/only added to/)
})

test('what is long is cut, and the chain holds', async () => {
  record('a', { text: 'x'.repeat(100_000) })
  expect(JSON.stringify(audit.page(1)).length).toBeLessThan(10_000)
  expect(await audit.verify()).toMatchObject({ ok: true })
})

test('is undone with the change that it is about', async () => {
  const failing = () =>
    state.transaction(() => {
      record('a')
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  record('b')
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 })
})
