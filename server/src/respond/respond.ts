/** Answers alerts by the policies: notes, asks or acts, each within bounds, and once for each target. */
import type { Logger } from 'pino'
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import type { Action, Preview } from './action.ts'
import type { ActionStore } from './action-store.ts'
import { policyActor } from './actions.ts'
import type { Actions } from './actions.ts'
import { createAnsweredTargets } from './answered.ts'
import type { BoundsConfig, Held } from './bounds.ts'
import type { CarryOut } from './carry-out.ts'
import type { HandshakeProof } from './handshake-proof.ts'
import type { Policies, PolicyNow } from './policies.ts'
import { planFor, restMs } from './plan.ts'
import type { Plan } from './plan.ts'
import { addressOf, targetOf } from './policy.ts'
import type { Mode } from './policy.ts'
import { EXTERNAL } from './policy-test.ts'
import type { PolicyStore } from './policy-store.ts'
import { previewText } from './preview.ts'
import type { Previews } from './preview.ts'
import type { Protected } from './protected.ts'

export interface RespondConfig extends BoundsConfig {
  /** How long a question waits for an answer. */
  approvalMinutes: number
}

export interface RespondDeps {
  policies: Policies
  policyStore: Pick<PolicyStore, 'known'>
  actions: Actions
  store: Pick<ActionStore, 'repeats' | 'page'>
  carryOut: CarryOut
  protected: Pick<Protected, 'hit' | 'within'>
  proof: HandshakeProof
  previews: Previews
  /** A person is to decide. */
  asked(action: Action): void
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
}

export interface Respond {
  readonly counts: { skipped: number }
  /** An alert is new or has changed. */
  take(alert: KeptAlert, row: Pick<AlertRow, 'state'>): void
  /** Ends what waits in vain, and trials that nobody confirmed. */
  tick(): void
  load(): void
}

/** Repeats count for so long. */
export const REPEATS_MS = 30 * 86_400_000
/** Actions of the policies of a mode within an hour, whatever they do: what is beyond is counted. */
const MAX_PER_HOUR = 1000
const HOUR_MS = 3_600_000
/** Alerts of which it is remembered that they are false positives: those that are being answered. */
const MAX_MARKS = 1000
/** Preview comes first, but a block waits no longer for a busy history. */
const PREVIEW_WITHIN_MS = 150
const KNOWN_DAYS_MS = 8 * 86_400_000

/** What others told of is answered when it is told, not when somebody writes a note to it the day after. */
const EXTERNAL_WITHIN_MS = 60_000

export const createRespond = (config: RespondConfig, deps: RespondDeps): Respond => {
  const { policies, actions, carryOut, now, log } = deps
  const counts = { skipped: 0 }
  const answered = createAnsweredTargets({ open: actions.open, now })
  const busy = new Set<string>()
  const falsePositives = new Set<string>()
  let held: Held[] = []
  /** Of each mode: what is only noted leaves what enforces its own. */
  const hours = new Map<Mode, { startMs: number; count: number }>()
  const reverting = new Set<string>()
  let fresh: string[] = []

  const takeFromHour = (mode: Mode): boolean => {
    const nowMs = now()
    const last = hours.get(mode)
    const isOver = !last || nowMs - last.startMs >= HOUR_MS || nowMs < last.startMs
    const hour = isOver ? { startMs: nowMs, count: 0 } : last
    hours.set(mode, hour)
    return ++hour.count <= MAX_PER_HOUR
  }

  const heldNow = (): Held[] => {
    const nowMs = now()
    held = held.filter(({ createdAtMs }) => nowMs - createdAtMs < HOUR_MS)
    const inForce = [...actions.open.values()].filter(
      ({ policy, inForce: holds, do: { block } }) => policy !== '' && holds && block !== 'no',
    )
    const older = inForce.filter(({ createdAtMs }) => nowMs - createdAtMs >= HOUR_MS)
    return [...held, ...older]
  }

  const plan = (policy: PolicyNow, alert: KeptAlert, target: string, isProven: boolean): Plan =>
    planFor(
      { ...policy, mode: policy.modeNow },
      target,
      {
        ...{ nowMs: now(), isProven, held: heldNow(), hit: deps.protected.hit },
        ...{ address: addressOf(policy, alert), isExternal: alert.detector === EXTERNAL },
        within: deps.protected.within,
        repeats: deps.store.repeats(target, now() - REPEATS_MS),
        trialUntilMs: policy.trial?.state === 'running' ? policy.trial.untilMs : undefined,
      },
      config,
    )

  const previewOf = async (target: string, agent: string): Promise<Preview | null> => {
    const { promise, resolve } = Promise.withResolvers<null>()
    const timer = setTimeout(() => resolve(null), PREVIEW_WITHIN_MS)
    const made = deps.previews.of(target, agent).catch(() => null)
    return Promise.race([made, promise]).finally(() => clearTimeout(timer))
  }

  /** Of what became another target than was wanted: nothing waits for it. */
  const addPreview = (action: Action): void => {
    deps.previews
      .of(action.target, action.agent)
      .then((preview) => {
        action.preview = preview
        actions.save(action)
      })
      .catch(() => undefined)
  }

  const answer = async (policy: PolicyNow, alert: KeptAlert, wanted: string, knownMs: number) => {
    const { side: _side, webhook: _secret, prefix4: _4, prefix6: _6, ...what } = policy.do
    const agent = what.at === 'seen' ? alert.agent : ''
    const [isProven, preview] = await Promise.all([
      deps.proof.isProven(addressOf(policy, alert), knownMs),
      previewOf(wanted, agent),
    ])
    const planned = plan(policy, alert, wanted, isProven)
    const { target, refusal, seconds, isSpoofable, notes } = planned
    const actor = policyActor(policy.name)
    const reason = `${alert.title} (${alert.id})`
    const begin = (state: Action['state'], why: string): Action => {
      const action = actions.begin(
        {
          ...{ policy: policy.name, mode: policy.modeNow, alert: alert.id, title: alert.title },
          ...{ target, do: what, agent, isSpoofable, reason, author: actor.principal.name },
          ...{ expiresAtMs: now() + seconds * 1000, forSeconds: seconds },
          preview: target === wanted ? preview : null,
          ...{ verification: null, terminated: null, latencyMs: null },
          origin: `policy:${policy.name}`,
        },
        state,
        [why, ...notes, ...(preview && target === wanted ? [previewText(preview)] : [])]
          .filter(Boolean)
          .join('; '),
        actor,
      )
      if (target !== wanted) addPreview(action)
      // The target that was wanted, too: the network around it answers for it.
      answered.put(new Set([wanted, target]), action, now() + restMs(planned))
      return action
    }
    if (refusal !== '') return void begin('refused', refusal)
    if (policy.modeNow === 'observe')
      return void begin('observed', `for ${seconds} s, if it enforced`)
    if (policy.modeNow === 'ask') {
      const asked = begin('asked', `may it be done, for ${seconds} s?`)
      asked.expiresAtMs = now() + config.approvalMinutes * 60_000
      actions.save(asked)
      return deps.asked(asked)
    }
    const action = begin('approved', 'the policy enforces')
    if (what.block !== 'no') held.push({ target, createdAtMs: now() })
    await carryOut.run(action, actor, knownMs)
    // Somebody may have said so while the agents were told.
    if (falsePositives.has(alert.id)) takeBack(alert)
  }

  const takeBack = (alert: KeptAlert): void => {
    for (const action of actions.open.values()) {
      if (action.alert !== alert.id || action.policy === '') continue
      const [why, actor] = ['the alert is a false positive', policyActor(action.policy)]
      if (action.state === 'asked') actions.step(action, 'rejected', why, actor)
      if (action.inForce)
        carryOut.undo(action, why, actor).catch((err: unknown) => {
          log.warn({ err, action: action.id }, 'an action cannot be undone')
        })
    }
  }

  /** Those that nobody answered, and those of policies that are gone. */
  const endQuestions = (nowMs: number): void => {
    const asked = [...actions.open.values()].filter(({ state }) => state === 'asked')
    if (asked.length === 0) return
    const names = new Set(policies.all().map(({ name }) => name))
    for (const action of asked) {
      const actor = policyActor(action.policy)
      if (action.expiresAtMs <= nowMs) actions.step(action, 'expired', 'nobody answered', actor)
      else if (!names.has(action.policy))
        actions.step(action, 'rejected', 'its policy was removed', actor)
    }
  }

  /** Also what was being put in force when the trial ended, and what was left when the server was killed then. */
  const takeBackReverted = (): void => {
    if (actions.open.size === 0) return
    const reverted = policies.all().filter(({ trial }) => trial?.state === 'reverted')
    const names = new Set(reverted.map(({ name }) => name))
    for (const action of actions.open.values()) {
      if (!names.has(action.policy) || !action.inForce || reverting.has(action.id)) continue
      reverting.add(action.id)
      carryOut
        .undo(action, 'nobody confirmed the policy in time', policyActor(action.policy))
        .catch((err: unknown) => log.warn({ err }, 'an action cannot be undone'))
        .finally(() => reverting.delete(action.id))
    }
  }

  const noteMark = (id: string, isFalsePositive: boolean): void => {
    falsePositives.delete(id)
    if (isFalsePositive) falsePositives.add(id)
    if (falsePositives.size > MAX_MARKS)
      falsePositives.delete(falsePositives.values().next().value!)
  }

  /** In one write, however many there are. */
  const keepKnown = (): void => {
    const alerts = fresh
    fresh = []
    try {
      deps.policyStore.known(alerts, now(), now() - KNOWN_DAYS_MS)
    } catch (err) {
      log.warn({ err }, 'when alerts were known cannot be kept')
    }
  }

  const begin = (policy: PolicyNow, alert: KeptAlert, knownMs: number): void => {
    const target = targetOf(policy, alert)
    if (target === undefined) return
    const key = `${policy.name} ${target}`
    if (busy.has(key) || answered.has(policy.name, target, alert)) return
    if (!takeFromHour(policy.modeNow)) return void counts.skipped++
    busy.add(key)
    answer(policy, alert, target, knownMs)
      .catch((err: unknown) => log.warn({ err, policy: policy.name }, 'a policy failed'))
      .finally(() => busy.delete(key))
  }

  return {
    counts,
    take(alert, { state }) {
      noteMark(alert.id, state === 'false-positive')
      if (state === 'false-positive') takeBack(alert)
      const knownMs = now()
      if (state !== 'active' && !isToldNow(alert, state, knownMs)) return
      if (fresh.push(alert.id) === 1) setImmediate(keepKnown)
      for (const policy of policies.answering(alert)) begin(policy, alert, knownMs)
    },
    tick() {
      const nowMs = now()
      endQuestions(nowMs)
      for (const { name } of policies.revertDue())
        log.warn({ policy: name }, 'nobody confirmed the policy in time: it only observes now')
      takeBackReverted()
    },
    load() {
      for (const action of deps.store.page({ limit: 1000 }).actions.toReversed()) {
        if (action.policy === '') continue
        // What becomes of one that is open is seen in that very object.
        const kept = actions.open.get(action.id) ?? action
        const refusal = action.state === 'refused' ? 'refused' : ''
        const rest = restMs({
          refusal,
          seconds: action.forSeconds,
          isSpoofable: action.isSpoofable,
        })
        answered.put([action.target], kept, action.createdAtMs + rest)
        const isBlock = action.do.block !== 'no' && action.state !== 'refused'
        if (isBlock && action.latencyMs !== null)
          held.push({ target: action.target, createdAtMs: action.createdAtMs })
      }
    },
  }
}

/** External ones have ended when they come: they were told of, nobody watches them. */
const isToldNow = (alert: KeptAlert, state: AlertRow['state'], nowMs: number): boolean =>
  alert.detector === EXTERNAL &&
  state === 'ended' &&
  nowMs - Date.parse(alert.lastSeen) <= EXTERNAL_WITHIN_MS
