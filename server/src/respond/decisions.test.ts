/** Tests of questions and their links: who comes twice or too late decides nothing. */
import { expect, test } from 'vitest'
import { createAudit } from '../auth/audit.ts'
import { openState } from '../state/open-state.ts'
import { createActionStore } from './action-store.ts'
import { createActions, policyActor } from './actions.ts'
import { createDecisions } from './decisions.ts'

const MINUTE_MS = 60_000
const BY = policyActor('test')

const question = () => {
  const clock = { nowMs: 1e12 }
  const now = () => clock.nowMs
  const state = openState({ path: ':memory:' })
  const store = createActionStore(state)
  const actions = createActions({ store, state, audit: createAudit(state, now), now })
  const run: string[] = []
  const decisions = createDecisions({
    ...{ actions, store, now },
    carryOut: { run: async (action: { id: string }) => void run.push(action.id) } as never,
    enforcement: { present: () => undefined },
    previews: { of: async () => Promise.reject(new Error('none')), between: null as never },
    protected: { hit: () => undefined },
    pins: { ensure: async () => ({ within: [], refusal: '' }) },
  })
  const { id } = actions.begin(
    {
      ...{ policy: 'test', mode: 'ask', alert: 'a', title: '', target: '192.0.2.7', agent: '' },
      do: {
        ...{ block: 'address', at: 'all', rateLimit: null, terminate: false },
        ...{ captureSeconds: 0, notify: false },
      },
      ...{ expiresAtMs: now() + 10 * MINUTE_MS, forSeconds: 3600, isSpoofable: false, reason: '' },
      ...{ author: 'x', preview: null, verification: null, terminated: null, latencyMs: null },
      origin: 'policy:test',
    },
    'asked',
    '',
    BY,
  )
  return { clock, actions, decisions, run, id }
}

test('of two links the first that is used decides, and only once', async () => {
  const { decisions, run, id } = question()
  const [first, second] = [decisions.link(id).secret, decisions.link(id).secret]
  // To look at it decides nothing, however often.
  for (const secret of [first, second, first]) expect(decisions.linked(secret).id).toBe(id)
  await decisions.approve(decisions.useLink(first).id, BY)
  for (const secret of [first, second]) {
    expect(() => decisions.useLink(secret)).toThrow('link')
    expect(() => decisions.linked(secret)).toThrow('link')
  }
  expect(run).toEqual([id])
})

test('a question that is over is neither approved nor rejected, also before anybody has noticed', async () => {
  const { clock, actions, decisions, run, id } = question()
  const { secret } = decisions.link(id)
  clock.nowMs += 10 * MINUTE_MS
  expect(actions.find(id).state).toBe('asked')
  expect(() => decisions.linked(secret)).toThrow('link')
  expect(() => decisions.useLink(secret)).toThrow('link')
  await expect(decisions.approve(id, BY)).rejects.toMatchObject({ code: 'action.not-asked' })
  expect(() => decisions.reject(id, '', BY)).toThrow('expired')
  expect(() => decisions.link(id)).toThrow('expired')
  expect(run).toEqual([])
})

test('approved twice at the same moment it is done once', async () => {
  const { decisions, run, id } = question()
  const both = await Promise.allSettled([decisions.approve(id, BY), decisions.approve(id, BY)])
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(run).toEqual([id])
})
