/** The policies: kept, bounded, compiled; with the trials of those that enforce. */
import { createHash } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { RecordTest } from '@netscope/core/query/predicate.ts'
import { parseAlertQuery } from '../alerts/alert-query.ts'
import type { KeptAlert } from '../alerts/alert-row.ts'
import { policyTest } from './policy-test.ts'
import { actsOnPackets, modeNow } from './policy.ts'
import type { KeptPolicy, Mode, Policy, Trial } from './policy.ts'
import type { PolicyStore } from './policy-store.ts'

export interface PolicyNow extends KeptPolicy {
  trial: Trial | undefined
  /** What it does now. */
  modeNow: Mode
}

export interface Policies {
  /** In the order in which they were made, those of the file first. */
  all(): PolicyNow[]
  find(name: string): PolicyNow
  /** Those that answer the alert. */
  answering(alert: KeptAlert): PolicyNow[]
  /** Throws `policy.exists`, `policy.too-many`. */
  add(policy: Policy, author: string): PolicyNow
  /** Throws `policy.unknown`, `policy.read-only`. */
  replace(policy: Policy, author: string): PolicyNow
  remove(name: string): PolicyNow
  /** Throws `policy.no-trial`. */
  confirm(name: string): PolicyNow
  /** Ends trials that nobody confirmed; returns their policies. */
  revertDue(): PolicyNow[]
  load(): void
}

export interface PoliciesDeps {
  store: PolicyStore
  /** Declared in the file. */
  declared: readonly Policy[]
  fileName: string
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds of a clock that nobody sets. */
  elapsedMs(): number
}

const MAX_POLICIES = 200

/** Of what makes it another one to be tried. */
const digestOf = ({ when, do: what, forSeconds, escalate }: Policy): string =>
  createHash('sha256')
    .update(JSON.stringify([when, what, forSeconds, escalate]))
    .digest('hex')

interface Entry {
  policy: KeptPolicy
  test: RecordTest<KeptAlert>
}

export const createPolicies = (deps: PoliciesDeps): Policies => {
  const { store, now } = deps
  const entries = new Map<string, Entry>()
  let trials = new Map<string, Trial>()
  /** When trials end by the clock that nobody sets: none lasts longer because the other one was set back. */
  const endsMs = new Map<string, number>()

  const needsTrial = (policy: Policy): boolean =>
    policy.mode === 'enforce' && policy.enabled && actsOnPackets(policy.do)

  const putTrial = (name: string, trial: Trial): void => {
    store.putTrial(name, trial)
    trials.set(name, trial)
  }

  const nowOf = (policy: KeptPolicy): PolicyNow => {
    const trial = needsTrial(policy) ? trials.get(policy.name) : undefined
    return { ...policy, trial, modeNow: modeNow(policy, trial) }
  }

  const beginTrial = (policy: KeptPolicy, anew: boolean): void => {
    const { name, trialSeconds } = policy
    const digest = digestOf(policy)
    const isNew = anew || trials.get(name)?.digest !== digest
    if (needsTrial(policy) && isNew)
      putTrial(name, { digest, untilMs: now() + trialSeconds * 1000, state: 'running' })
    if (!isNew && endsMs.has(name)) return
    const leftMs = (trials.get(name)?.untilMs ?? 0) - now()
    endsMs.set(name, deps.elapsedMs() + Math.min(leftMs, trialSeconds * 1000))
  }

  /** `anew`: also one that is the same as before its trial. */
  const put = (policy: KeptPolicy, anew: boolean): PolicyNow => {
    const result = parseAlertQuery(policy.when)
    if (!result.ok) throw new NetscopeError('internal', { reason: result.error.message })
    entries.set(policy.name, { policy, test: policyTest(result.query, now) })
    beginTrial(policy, anew)
    return nowOf(policy)
  }

  const entryOf = (name: string): Entry => {
    const found = entries.get(name)
    if (!found) throw new NetscopeError('policy.unknown', { name })
    return found
  }

  const writable = (name: string): KeptPolicy => {
    const { policy } = entryOf(name)
    if (policy.origin === 'file')
      throw new NetscopeError('policy.read-only', { name, file: deps.fileName })
    return policy
  }

  const isDue = (policy: KeptPolicy): boolean => {
    const { trial } = nowOf(policy)
    if (trial?.state !== 'running') return false
    return trial.untilMs <= now() || (endsMs.get(policy.name) ?? 0) <= deps.elapsedMs()
  }

  return {
    all: () => [...entries.values()].map(({ policy }) => nowOf(policy)),
    find: (name) => nowOf(entryOf(name).policy),
    answering: (alert) =>
      [...entries.values()]
        .filter(({ policy, test }) => policy.enabled && test(alert))
        .map(({ policy }) => nowOf(policy)),
    add(policy, author) {
      if (entries.has(policy.name)) throw new NetscopeError('policy.exists', { name: policy.name })
      if (entries.size >= MAX_POLICIES)
        throw new NetscopeError('policy.too-many', { limit: MAX_POLICIES })
      const nowMs = now()
      const times = { createdAtMs: nowMs, changedAtMs: nowMs }
      const kept: KeptPolicy = { ...policy, origin: 'api', author, ...times }
      store.put(kept)
      return put(kept, true)
    },
    replace(policy, author) {
      const before = writable(policy.name)
      const times = { createdAtMs: before.createdAtMs, changedAtMs: now() }
      const kept: KeptPolicy = { ...policy, origin: 'api', author, ...times }
      store.put(kept)
      return put(kept, modeNow(before, trials.get(before.name)) !== 'enforce' || !before.enabled)
    },
    remove(name) {
      const removed = nowOf(writable(name))
      store.remove(name)
      entries.delete(name)
      endsMs.delete(name)
      return removed
    },
    confirm(name) {
      const { policy } = entryOf(name)
      const { trial } = nowOf(policy)
      if (trial?.state !== 'running') {
        const state =
          trial === undefined
            ? 'it does not enforce'
            : trial.state === 'confirmed'
              ? 'it is confirmed'
              : 'nobody confirmed it in time, so it observes'
        throw new NetscopeError('policy.no-trial', { name, state })
      }
      putTrial(name, { ...trial, state: 'confirmed' })
      return nowOf(policy)
    },
    revertDue: () =>
      [...entries.values()].flatMap(({ policy }) => {
        const trial = trials.get(policy.name)
        if (!trial || !isDue(policy)) return []
        putTrial(policy.name, { ...trial, state: 'reverted' })
        return [nowOf(policy)]
      }),
    load() {
      trials = store.trials()
      const nowMs = now()
      const times = { createdAtMs: nowMs, changedAtMs: nowMs }
      for (const policy of deps.declared)
        put({ ...policy, origin: 'file', author: deps.fileName, ...times }, false)
      // What the file declares comes before one of the same name.
      for (const policy of store.all()) if (!entries.has(policy.name)) put(policy, false)
    },
  }
}
