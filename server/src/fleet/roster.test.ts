/** Tests of who may connect. */
import { expect, test } from 'vitest'
import { UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import { openState } from '../state/open-state.ts'
import { createRoster } from './roster.ts'

const create = (rotateAfterMs?: number) => {
  let nowMs = 1_000_000
  const state = openState({ path: ':memory:' })
  const roster = createRoster({
    state,
    now: () => nowMs,
    ...(rotateAfterMs !== undefined && { rotateAfterMs }),
  })
  const invite = (name = '', expiresInMs = 60_000) =>
    roster.invite({ name, by: 'admin', expiresInMs }).secret
  const join = (secret: string, agent = 'web', taken: string[] = []) =>
    roster.join(
      { protocol: UPLINK_PROTOCOL, secret, agent, hostname: 'h', version: '1' },
      '192.0.2.1',
      (name) => taken.includes(name),
    )
  return { state, roster, invite, join, advance: (ms: number) => (nowMs += ms) }
}

test('a token lets one agent in, once', () => {
  const { roster, invite, join } = create()
  const secret = invite()
  const { agent, credential } = join(secret)
  expect([agent, roster.memberOf(credential)]).toEqual(['web', 'web'])
  expect(() => join(secret)).toThrow('was used by web; it counts once')
  expect(roster.memberOf('another')).toBeUndefined()
})

test('an expired or made-up token lets nobody in', () => {
  const { invite, join, advance, roster } = create()
  const secret = invite('', 60_000)
  advance(60_000)
  expect(() => join(secret)).toThrow('has expired')
  expect(() => join('made-up')).toThrow('is not known here')
  expect(roster.all()).toEqual([])
})

test('no secret stands in the database', () => {
  const { state, invite, join } = create()
  const secret = invite()
  const { credential } = join(secret)
  const text = JSON.stringify(
    ['agents', 'join_tokens'].map((table) => state.db.prepare(`SELECT * FROM ${table}`).all()),
  )
  expect(text).not.toContain(secret)
  expect(text).not.toContain(credential)
})

test('an agent gets another name when there is one of its name, here or elsewhere', () => {
  const { invite, join } = create()
  expect(join(invite(), 'web').agent).toBe('web')
  expect(join(invite(), 'web').agent).toBe('web-2')
  expect(join(invite(), 'db', ['db']).agent).toBe('db-2')
})

test('a token with the name of an agent lets that one back in, and its older credential counts no more', () => {
  const { roster, invite, join } = create()
  const before = join(invite(), 'web').credential
  const after = join(invite('web'), 'anything')
  expect(after.agent).toBe('web')
  expect([roster.memberOf(before), roster.memberOf(after.credential)]).toEqual([undefined, 'web'])
})

test('whoever is removed is not known any more', () => {
  const { roster, invite, join } = create()
  const { credential } = join(invite())
  expect([roster.remove('web'), roster.remove('web')]).toEqual([true, false])
  expect(roster.memberOf(credential)).toBeUndefined()
})

test('a credential is replaced when it is old, and the older one counts until the new one is used', () => {
  const { roster, invite, join, advance } = create(1000)
  const first = join(invite()).credential
  expect(roster.rotate('web')).toBeUndefined()
  advance(1000)
  const lost = roster.rotate('web')!
  expect(roster.memberOf(first)).toBe('web')
  // The agent did not keep it: it gets another one.
  const second = roster.rotate('web')!
  expect([roster.memberOf(lost), roster.memberOf(second)]).toEqual([undefined, 'web'])
  expect(roster.memberOf(first)).toBeUndefined()
  expect(roster.rotate('web')).toBeUndefined()
})

test('takes no more agents than it can remember', () => {
  const { invite, join } = create()
  for (let i = 0; i < 256; i++) join(invite(), `host-${i}`)
  const secret = invite()
  expect(() => join(secret, 'one-more')).toThrow('too many')
})
