/** Tests of what is answered at all, and of what a server still knows of it after a start. */
import { expect, test } from 'vitest'
import { createAudit } from '../auth/audit.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'
import { openState } from '../state/open-state.ts'
import { createActionStore } from './action-store.ts'
import { createActions, policyActor } from './actions.ts'
import { createPolicies } from './policies.ts'
import { createPolicyStore } from './policy-store.ts'
import { policyOf } from './policy-spec.ts'
import type { PolicySpec } from './policy-spec.ts'
import { createRespond } from './respond.ts'

const MINUTE_MS = 60_000
const BY = policyActor('test')

const world = () => {
  const clock = { nowMs: 1e12, elapsedMs: 0 }
  const now = () => clock.nowMs
  const state = openState({ path: ':memory:' })
  const store = createActionStore(state)
  /** As a server that has just started. */
  const start = () => {
    const actions = createActions({ store, state, audit: createAudit(state, now), now })
    const policyStore = createPolicyStore(state)
    const policies = createPolicies({
      ...{ store: policyStore, declared: [], fileName: '', now },
      elapsedMs: () => clock.elapsedMs,
    })
    policies.load()
    actions.load()
    const respond = createRespond(
      { blocksPerHour: 3, addressesPerPrefix: 8, approvalMinutes: 10 },
      {
        ...{ policies, policyStore, actions, store, now },
        carryOut: {
          run: async (action) => {
            action.inForce = true
            action.latencyMs = 1
            actions.step(action, 'in-force', '', BY)
          },
          undo: async (action) => {
            action.inForce = false
            actions.step(action, 'undone', '', BY)
          },
          ...{
            resume: () => undefined,
            returned: () => undefined,
            tick: () => undefined,
            stop: () => undefined,
          },
        },
        protected: { hit: () => undefined, within: () => [] },
        proof: { isProven: async () => true },
        previews: { of: async () => Promise.reject(new Error('none')), between: null as never },
        asked: () => undefined,
        log: { warn: () => undefined },
      },
    )
    respond.load()
    return { actions, policies, respond }
  }
  const add = ({ policies }: ReturnType<typeof start>, given: Partial<PolicySpec> = {}) => {
    const spec = { name: 'test', when: 'severity >= 60', do: { block: 'address' as const } }
    policies.add(policyOf({ ...spec, mode: 'enforce', ...given }), 'me')
    return policies.confirm(given.name ?? 'test')
  }
  const alert = (given: Partial<KeptAlert> = {}) => {
    const at = new Date(clock.nowMs).toISOString()
    const of = { id: 'a', detector: 'tcp-scan', title: '', src: '192.0.2.7', dst: '' }
    return { ...of, severity: 70, agent: 'x', firstSeen: at, lastSeen: at, ...given } as KeptAlert
  }
  const all = () => store.page({ limit: 2000 }).actions
  return { clock, start, add, alert, all }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

test('what a policy asks is asked no more once the policy is removed', async () => {
  const { start, alert, all } = world()
  const { policies, respond } = start()
  const spec = { name: 'test', when: 'severity >= 60', do: { block: 'address' as const } }
  policies.add(policyOf({ ...spec, mode: 'ask' }), 'me')
  respond.take(alert(), { state: 'active' })
  await settled()
  respond.tick()
  expect(all()[0]?.state).toBe('asked')
  policies.remove('test')
  respond.tick()
  expect(all()[0]?.state).toBe('rejected')
  expect(all()[0]?.steps.at(-1)?.reason).toBe('its policy was removed')
})

test('what others told is answered when it is told, not when somebody acknowledges it later', async () => {
  const { clock, start, add, alert, all } = world()
  const server = start()
  add(server, { when: 'detector = external' })
  const told = alert({ detector: 'external' })
  clock.nowMs += 2 * MINUTE_MS
  server.respond.take(told, { state: 'ended' })
  await settled()
  expect(all()).toEqual([])
  const again = alert({ detector: 'external' })
  for (const state of ['suppressed', 'false-positive'] as const)
    server.respond.take(again, { state })
  await settled()
  expect(all()).toEqual([])
  server.respond.take(again, { state: 'ended' })
  await settled()
  expect(all()).toHaveLength(1)
})

test('what our own detectors found and is over is not answered', async () => {
  const { start, add, alert, all } = world()
  const server = start()
  add(server)
  server.respond.take(alert(), { state: 'ended' })
  await settled()
  expect(all()).toEqual([])
})

test('what a person undid after a start of the server is not done again for the same alert', async () => {
  const { clock, start, add, alert, all } = world()
  const first = start()
  add(first, { for: '1m' })
  first.respond.take(alert(), { state: 'active' })
  await settled()
  const second = start()
  const [action] = [...second.actions.open.values()]
  action!.inForce = false
  second.actions.step(action!, 'undone', 'a mistake', BY)
  clock.nowMs += 2 * MINUTE_MS
  second.respond.take(alert(), { state: 'active' })
  await settled()
  expect(all()).toHaveLength(1)
})

test('automatic blocks of an hour are counted across a start of the server, and when the clock is set back', async () => {
  const { clock, start, add, alert, all } = world()
  const take = async (server: ReturnType<typeof start>, i: number) => {
    server.respond.take(alert({ id: `a${i}`, src: `192.0.${i}.7` }), { state: 'active' })
    await settled()
  }
  const first = start()
  add(first)
  for (let i = 0; i < 3; i++) await take(first, i)
  const second = start()
  clock.nowMs -= 10 * MINUTE_MS
  await take(second, 3)
  const states = all().map(({ state }) => state)
  expect(states.toSorted()).toEqual(['in-force', 'in-force', 'in-force', 'refused'])
})

test('what a trial did is taken back also when the server was killed while it was', async () => {
  const { clock, start, alert, all } = world()
  const first = start()
  const spec = { name: 'test', when: 'severity >= 60', do: { block: 'address' as const } }
  first.policies.add(policyOf({ ...spec, mode: 'enforce', trial: '10m' }), 'me')
  first.respond.take(alert(), { state: 'active' })
  await settled()
  clock.nowMs += 11 * MINUTE_MS
  // Killed after it is known that the trial is over.
  expect(first.policies.revertDue()).toHaveLength(1)
  const second = start()
  second.respond.tick()
  await settled()
  expect(all()[0]).toMatchObject({ state: 'undone', inForce: false })
})

test('what is only noted uses up nothing of what enforces', async () => {
  const { start, add, alert, all } = world()
  const server = start()
  server.policies.add(
    policyOf({ name: 'note', when: 'title ~ "many"', do: { block: 'address' } }),
    'me',
  )
  add(server)
  const noted = { title: 'many', severity: 10 }
  for (let i = 0; i < 1005; i++)
    server.respond.take(alert({ ...noted, id: `n${i}`, src: `10.1.${i >> 8}.${i & 255}` }), {
      state: 'active',
    })
  expect(server.respond.counts.skipped).toBe(5)
  server.respond.take(alert(), { state: 'active' })
  await settled()
  expect(server.respond.counts.skipped).toBe(5)
  expect(all().some(({ state }) => state === 'in-force')).toBe(true)
})

test('a trial ends in time also when the clock is set back, and a policy changed within it begins another', async () => {
  const { clock, start, alert, all } = world()
  const { policies, respond } = start()
  const spec = { name: 'test', when: 'severity >= 60', do: { block: 'address' as const } }
  const policy = policyOf({ ...spec, mode: 'enforce', trial: '10m' })
  policies.add(policy, 'me')
  clock.elapsedMs += 8 * MINUTE_MS
  clock.nowMs += 8 * MINUTE_MS
  // The same but for its words: the trial goes on.
  policies.replace({ ...policy, description: 'scanners' }, 'me')
  expect(policies.find('test').trial?.untilMs).toBe(1e12 + 10 * MINUTE_MS)
  policies.replace({ ...policy, when: 'severity >= 50' }, 'me')
  expect(policies.find('test').trial?.untilMs).toBe(1e12 + 18 * MINUTE_MS)
  respond.take(alert(), { state: 'active' })
  await settled()
  clock.nowMs -= 60 * MINUTE_MS
  clock.elapsedMs += 9 * MINUTE_MS
  respond.tick()
  expect(policies.find('test').modeNow).toBe('enforce')
  clock.elapsedMs += 2 * MINUTE_MS
  respond.tick()
  await settled()
  expect(policies.find('test')).toMatchObject({ modeNow: 'observe' })
  expect(all()[0]).toMatchObject({ state: 'undone', inForce: false })
})
