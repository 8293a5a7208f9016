/** What a policy would have done in the last days: its alerts one after the other, with all bounds, and the flows met. */
import type { KeptAlert } from '../alerts/alert-row.ts'
import { parseAlertQuery } from '../alerts/alert-query.ts'
import type { AlertStore } from '../alerts/alert-store.ts'
import type { BoundsConfig, Held } from './bounds.ts'
import type { HandshakeProof } from './handshake-proof.ts'
import { planFor, restMs } from './plan.ts'
import type { Plan } from './plan.ts'
import { addressOf, targetOf } from './policy.ts'
import type { Policy } from './policy.ts'
import type { PolicyStore } from './policy-store.ts'
import { EXTERNAL, policyTest } from './policy-test.ts'
import { PREVIEW_DAYS } from './preview.ts'
import type { Previews } from './preview.ts'
import type { Protected, ProtectedAddress } from './protected.ts'

/** One target that it would have acted on. */
export interface WouldHave {
  target: string
  name: string
  alert: string
  title: string
  fromMs: number
  toMs: number
  flows: number
  bytes: number
  isSpoofable: boolean
}

export interface PolicyPreview {
  days: number
  /** Alerts that its filter is true of. */
  alerts: number
  /** More matched than were looked at. */
  isCut: boolean
  actions: WouldHave[]
  flows: number
  bytes: number
  refused: { target: string; title: string; reason: string }[]
  /** The first protected address that it would have hit. */
  hit: ProtectedAddress | undefined
}

export interface PolicyPreviewDeps {
  alertStore: Pick<AlertStore, 'page'>
  policyStore: Pick<PolicyStore, 'knownAtMs'>
  previews: Previews
  proof: HandshakeProof
  protected: Pick<Protected, 'hit' | 'within'>
  nameOf(ip: string): string
  now(): number
}

const DAY_MS = 86_400_000
const MOST_ALERTS = 1000
/** Of which the history is asked. */
const MOST_ACTIONS = 100

/** Of targets, the same one again included. */
const MOST_MADE = 2000

interface Made {
  plan: Plan
  alert: KeptAlert
  fromMs: number
}

interface Due {
  alert: KeptAlert
  atMs: number
}

/** When a target was answered last. */
interface WhenAnswered {
  alert: string
  endMs: number
  restMs: number
}

/** When an alert of the target is answered again, as `respond.ts` does it. */
const nextMs = (last: WhenAnswered | undefined, alert: KeptAlert): number => {
  if (!last) return 0
  return last.alert === alert.id ? Math.max(last.endMs + 1, last.restMs) : last.restMs
}

/** In the order of time. */
const insert = (due: Due[], one: Due): void => {
  const at = due.findIndex(({ atMs }) => atMs > one.atMs)
  due.splice(at < 0 ? due.length : at, 0, one)
}

export const createPolicyPreview = (config: BoundsConfig, deps: PolicyPreviewDeps) => {
  const { alertStore, policyStore, previews, proof, now } = deps

  const matching = (policy: Policy, fromMs: number) => {
    const parsed = parseAlertQuery(policy.when)
    if (!parsed.ok) return { alerts: [], total: 0 }
    const found = alertStore.page({
      filter: { sinceMs: fromMs },
      test: policyTest(parsed.query, now),
      sort: '-firstSeen',
      limit: MOST_ALERTS,
    })
    const alerts = found.items
      .filter(({ state }) => state === 'active' || state === 'ended')
      .map(({ alert }) => alert)
    return { alerts: alerts.toReversed(), total: found.total }
  }

  /** When it would have acted: as soon as the alert was known, which is kept of those of the last days. */
  const timeOf = (alert: KeptAlert): number =>
    policyStore.knownAtMs(alert.id) ?? Date.parse(alert.firstSeen)

  const simulate = async (policy: Policy, alerts: readonly KeptAlert[]): Promise<Made[]> => {
    const made: Made[] = []
    const answered = new Map<string, WhenAnswered>()
    const repeats = new Map<string, number>()
    const held: Held[] = []
    const due = alerts
      .map((alert) => ({ alert, atMs: timeOf(alert) }))
      .toSorted((a, b) => a.atMs - b.atMs)
    while (due.length > 0 && made.length < MOST_MADE) {
      const { alert, atMs } = due.shift()!
      const target = targetOf(policy, alert)
      if (target === undefined) continue
      const again = nextMs(answered.get(target), alert)
      if (again > atMs) {
        // It goes on: answered again as soon as that may be.
        if (again <= Date.parse(alert.lastSeen)) insert(due, { alert, atMs: again })
        continue
      }
      const address = addressOf(policy, alert)
      const isProven = await proof.isProven(address, atMs)
      const circumstances = {
        ...{ nowMs: atMs, address, isProven, held, trialUntilMs: undefined },
        isExternal: alert.detector === EXTERNAL,
        ...{ hit: deps.protected.hit, within: deps.protected.within },
        repeats: repeats.get(target) ?? 0,
      }
      // As it would be if it enforced.
      const plan = planFor({ ...policy, mode: 'enforce' }, target, circumstances, config)
      made.push({ plan, alert, fromMs: atMs })
      const endMs = atMs + plan.seconds * 1000
      const when = { alert: alert.id, endMs, restMs: atMs + restMs(plan) }
      for (const of of new Set([target, plan.target])) answered.set(of, when)
      insert(due, { alert, atMs: atMs + 1 })
      if (plan.refusal !== '') continue
      repeats.set(plan.target, (repeats.get(plan.target) ?? 0) + 1)
      if (policy.do.block !== 'no') held.push({ target: plan.target, createdAtMs: atMs })
    }
    return made
  }

  const wouldHave = async (policy: Policy, { plan, alert, fromMs }: Made): Promise<WouldHave> => {
    const { target, isSpoofable, seconds } = plan
    const toMs = Math.min(fromMs + seconds * 1000, now())
    const agent = policy.do.at === 'seen' ? alert.agent : ''
    const { flows, bytes } = await previews.between(target, agent, fromMs, toMs)
    const { id, title } = alert
    const name = deps.nameOf(target)
    return { target, name, alert: id, title, fromMs, toMs, flows, bytes, isSpoofable }
  }

  return async (policy: Policy): Promise<PolicyPreview> => {
    const { alerts, total } = matching(policy, now() - PREVIEW_DAYS * DAY_MS)
    const made = await simulate(policy, alerts)
    const done = made.filter(({ plan }) => plan.refusal === '')
    const refused = made.filter(({ plan }) => plan.refusal !== '')
    const actions: WouldHave[] = []
    for (const one of done.slice(0, MOST_ACTIONS)) actions.push(await wouldHave(policy, one))
    const sum = (field: 'flows' | 'bytes') => actions.reduce((all, of) => all + of[field], 0)
    return {
      days: PREVIEW_DAYS,
      alerts: alerts.length,
      isCut: total > MOST_ALERTS || done.length > MOST_ACTIONS,
      ...{ actions, flows: sum('flows'), bytes: sum('bytes') },
      refused: refused.slice(0, MOST_ACTIONS).map(({ plan, alert }) => ({
        ...{ target: plan.target, title: alert.title, reason: plan.refusal },
      })),
      hit: refused.find(({ plan }) => plan.hit)?.plan.hit,
    }
  }
}
export type PreviewPolicy = ReturnType<typeof createPolicyPreview>
