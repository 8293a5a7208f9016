/** The preview of a policy comes to the same as what it does about the same alerts when it enforces. */
import { expect, test } from 'vitest'
import { createAudit } from '../auth/audit.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'
import { openState } from '../state/open-state.ts'
import { createActionStore } from './action-store.ts'
import { createActions, policyActor } from './actions.ts'
import { createPolicies } from './policies.ts'
import { createPolicyPreview } from './policy-preview.ts'
import { createPolicyStore } from './policy-store.ts'
import { policyOf } from './policy-spec.ts'
import type { PolicySpec } from './policy-spec.ts'
import { createRespond } from './respond.ts'

const START_MS = 1_790_000_000_000
const MINUTE_MS = 60_000
/** Between two looks at an alert that goes on. */
const STEP_MS = 10_000
const BY = policyActor('test')
const BOUNDS = { blocksPerHour: 9, addressesPerPrefix: 2 }

interface Told {
  id: string
  src: string
  /** Minutes of the first and the last time that it was seen. */
  from: number
  to: number
  detector?: string
}

const alertOf = ({ id, src, from, detector = 'tcp-scan' }: Told, lastMs: number): KeptAlert => {
  const firstSeen = new Date(START_MS + from * MINUTE_MS).toISOString()
  const lastSeen = new Date(lastMs).toISOString()
  const of = { id, detector, title: id, src, dst: '10.0.0.9', severity: 70, agent: 'a' }
  return { ...of, state: 'active', firstSeen, lastSeen } as KeptAlert
}

/** Sources that end in an odd number may be forged. */
const isProven = async (address: string) => Number(/\d+$/.exec(address)) % 2 === 0
const protectedOnes = {
  hit: ({ text }: { text: string }) =>
    text === '192.0.2.66'
      ? ({ prefix: text, kind: 'operator', reason: 'SSH', agent: '' } as never)
      : undefined,
  within: () => [],
}
const previews = {
  of: async () => Promise.reject(new Error('none')),
  between: async () => ({ flows: 1, bytes: 1, peers: [] }),
}

const run = async (told: readonly Told[], given: Partial<PolicySpec>) => {
  const clock = { nowMs: START_MS }
  const now = () => clock.nowMs
  const state = openState({ path: ':memory:' })
  const store = createActionStore(state)
  const actions = createActions({ store, state, audit: createAudit(state, now), now })
  const policyStore = createPolicyStore(state)
  const deps = { store: policyStore, declared: [], fileName: '', now, elapsedMs: now }
  const policies = createPolicies(deps)
  const spec = { name: 'test', when: 'severity >= 60', do: { block: 'address' as const } }
  const policy = policies.add(policyOf({ ...spec, mode: 'enforce', ...given }), 'me')
  policies.confirm('test')
  const respond = createRespond(
    { ...BOUNDS, approvalMinutes: 10 },
    {
      ...{ policies, policyStore, actions, store, now, previews, proof: { isProven } },
      carryOut: {
        run: async (action) => {
          Object.assign(action, { inForce: true, latencyMs: 1 })
          actions.step(action, 'in-force', '', BY)
        },
        undo: async () => undefined,
        ...{
          resume: () => undefined,
          returned: () => undefined,
          tick: () => undefined,
          stop: () => undefined,
        },
      },
      protected: protectedOnes,
      asked: () => undefined,
      log: { warn: () => undefined },
    },
  )
  const endMs = START_MS + Math.max(...told.map(({ to }) => to)) * MINUTE_MS
  for (; clock.nowMs <= endMs; clock.nowMs += STEP_MS) {
    for (const action of actions.open.values()) {
      if (action.expiresAtMs > clock.nowMs) continue
      action.inForce = false
      actions.step(action, 'expired', '', BY)
    }
    const minute = (clock.nowMs - START_MS) / MINUTE_MS
    for (const one of told)
      if (one.from <= minute && minute <= one.to) {
        respond.take(alertOf(one, clock.nowMs), { state: 'active' })
        // What was known a moment before comes first.
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      }
  }
  const previewOf = createPolicyPreview(BOUNDS, {
    ...{ policyStore, previews, proof: { isProven }, protected: protectedOnes, now },
    alertStore: {
      page: ({ test: isWanted }) => {
        const all = told.map((one) => alertOf(one, START_MS + one.to * MINUTE_MS))
        const items = all
          .filter((alert) => isWanted!(alert))
          .toReversed()
          .map((alert) => ({ alert, state: 'active' as const }))
        return { items, total: items.length } as never
      },
    },
    nameOf: () => '',
  })
  const preview = await previewOf(policy)
  const all = store.page({ limit: 1000 }).actions.toReversed()
  const minuteOf = (ms: number) => Math.round((ms - START_MS) / MINUTE_MS)
  const of = (target: string, fromMs: number, toMs: number) =>
    `${target} from ${minuteOf(fromMs)} for ${Math.round((toMs - fromMs) / MINUTE_MS)}`
  return {
    enforced: all
      .filter(({ state: one }) => one !== 'refused')
      .map(({ target, createdAtMs, expiresAtMs }) =>
        of(target, createdAtMs, Math.min(expiresAtMs, clock.nowMs)),
      )
      .toSorted(),
    refused: all
      .filter(({ state: one }) => one === 'refused')
      .map(({ target }) => target)
      .toSorted(),
    preview: {
      actions: preview.actions
        .map(({ target, fromMs, toMs }) => of(target, fromMs, toMs))
        .toSorted(),
      refused: preview.refused.map(({ target }) => target).toSorted(),
    },
  }
}

test('of what goes on, comes back, may be forged, is protected, beyond a bound or told by others', async () => {
  const { enforced, refused, preview } = await run(
    [
      // Goes on beyond its block, and is answered again, for longer.
      { id: 'long', src: '192.0.2.2', from: 0, to: 45 },
      // May be forged: a minute, then five of nothing.
      { id: 'forged', src: '198.51.100.3', from: 0, to: 14 },
      { id: 'protected', src: '192.0.2.66', from: 1, to: 30 },
      // Another alert about a source that is blocked, and one when it is over.
      { id: 'again', src: '192.0.2.2', from: 5, to: 6 },
      { id: 'told', src: '203.0.113.8', from: 3, to: 9, detector: 'external' },
      // The third address of a network: the network instead.
      { id: 'n1', src: '203.0.113.2', from: 20, to: 21 },
      { id: 'n2', src: '203.0.113.4', from: 21, to: 22 },
      { id: 'n3', src: '203.0.113.6', from: 22, to: 23 },
      // More than an hour may have.
      ...[2, 4, 6].map((host) => ({ id: `x${host}`, src: `10.${host}.0.2`, from: 24, to: 60 })),
    ],
    { for: '10m', escalate: { factor: 2, cap: '1h' } },
  )
  expect(enforced.length).toBeGreaterThan(7)
  expect(new Set(refused).has('192.0.2.66')).toBe(true)
  expect(refused.some((target) => target.startsWith('10.'))).toBe(true)
  expect(enforced).toContainEqual(expect.stringMatching(/^203\.0\.113\.0\/24 /))
  expect(preview).toEqual({ actions: enforced, refused })
})

test('of a policy of prefixes: those of sources that may be forged are narrowed to their address', async () => {
  const { enforced, preview } = await run(
    [
      { id: 'a', src: '192.0.2.2', from: 0, to: 5 },
      { id: 'b', src: '192.0.2.4', from: 1, to: 5 },
      { id: 'c', src: '198.51.100.3', from: 0, to: 12 },
    ],
    { for: '1h', do: { block: 'prefix' } },
  )
  expect(preview.actions).toEqual(enforced)
  expect(enforced).toEqual([
    '192.0.2.0/24 from 0 for 12',
    '198.51.100.3 from 0 for 1',
    '198.51.100.3 from 12 for 0',
    '198.51.100.3 from 6 for 1',
  ])
})
