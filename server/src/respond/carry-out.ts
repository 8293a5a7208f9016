/** Carries an action out: list entry or limit, ended connections, a look at the kernel's counters, its end in time. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Logger } from 'pino'
import type { Action } from './action.ts'
import type { Actions, Actor } from './actions.ts'
import { policyActor } from './actions.ts'
import type { Enforcement } from './enforcement.ts'
import { entryLeft, limitsLeft, passOnCovered } from './overlaps.ts'
import type { Pins } from './pins.ts'
import { protectedText, reachableText } from './plan.ts'
import type { Protected } from './protected.ts'
import { createVerifying } from './verifying.ts'

export interface CarryOut {
  /** Never rejects: what goes wrong is a step. `knownMs`: when what led to it was known. */
  run(action: Action, actor: Actor, knownMs: number): Promise<void>
  /** Waits until it is in force, if it is being made so. Throws `action.over`. */
  undo(action: Action, reason: string, actor: Actor): Promise<void>
  /** After a start: what is in force is looked after, what was broken off is found out about. */
  resume(inForce: Iterable<Action>, brokenOff: readonly Action[]): void
  /** An agent judges by the lists again: it is asked what it has not told yet. */
  returned(agent: string): void
  /** Ends what is over, and looks at what is due. */
  tick(): void
  stop(): void
}

export interface CarryOutConfig {
  /** After which the kernel's counters are asked whether it holds. */
  verifySeconds: number
}

export interface CarryOutDeps {
  actions: Actions
  enforcement: Enforcement
  protected: Pick<Protected, 'hit'>
  pins: Pick<Pins, 'ensure'>
  /** What else it does: captures, webhooks, messages. */
  extras(action: Action): void
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds of a clock that nobody sets. */
  elapsedMs(): number
  log: Pick<Logger, 'warn'>
}

/** Looks whether entries are still there, one tick in so many. */
const TICKS_PER_LOOK = 4

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

export const createCarryOut = (config: CarryOutConfig, deps: CarryOutDeps): CarryOut => {
  const { actions, enforcement, now, log } = deps
  const busy = new Set<string>()
  /** When it is over by the clock that nobody sets: no block lasts longer because the other one was set back. */
  const endsMs = new WeakMap<Action, number>()
  /** What is put in force or lifted: one after the other for each action. */
  const turns = new Map<string, Promise<unknown>>()
  /** What stays reachable, in words. */
  const around = new WeakMap<Action, string>()
  let isStopped = false
  let ticks = 0

  const actorOf = (action: Action): Actor => policyActor(action.policy || 'of people')

  const verifying = createVerifying(config, { actions, enforcement, actorOf, now })

  const inTurn = <T>({ id }: Action, work: () => Promise<T>): Promise<T> => {
    const result = (turns.get(id) ?? Promise.resolve()).then(work)
    const settled = result.catch(() => undefined)
    turns.set(id, settled)
    void settled.then(() => turns.get(id) === settled && turns.delete(id))
    return result
  }

  const watch = (action: Action): void => {
    verifying.watch(action)
    if (action.expiresAtMs === 0) return
    const leftMs = Math.min(action.expiresAtMs - now(), action.forSeconds * 1000)
    endsMs.set(action, deps.elapsedMs() + leftMs)
  }

  /** Why it must not be; undefined: it may. */
  const refusal = async (action: Action): Promise<string | undefined> => {
    if (action.do.block === 'no' && !action.do.rateLimit && !action.do.terminate) return undefined
    const prefix = parsePrefix(action.target)
    const hit = deps.protected.hit(prefix)
    if (hit && !(action.do.override && hit.canOverride)) return protectedText(hit)
    const { within, refusal: why } = await deps.pins.ensure(prefix, action.agent)
    if (why !== '') return why
    if (within.length > 0) action.reachable = [...new Set(within.map((of) => of.prefix))]
    around.set(action, reachableText(within))
    return undefined
  }

  const block = async (action: Action, actor: Actor): Promise<string | undefined> => {
    const present = enforcement.present(action.target, action.agent)
    const lasts = (ms: number) => (ms === 0 ? Infinity : ms)
    if (present && lasts(present.expiresAtMs) >= lasts(action.expiresAtMs)) {
      const until =
        present.expiresAtMs === 0 ? 'for good' : `until ${timeText(present.expiresAtMs)}`
      actions.step(action, 'refused', `it is blocked already by ${present.origin} ${until}`, actor)
      return undefined
    }
    if (present) {
      const { prefix: _target, agent: _for, ...covered } = present
      action.covered = covered
    }
    const { confirmed, pending } = await enforcement.block(action)
    if (confirmed.length === 0 && pending.length === 0) throw new NetscopeError('agent.away')
    return confirmed.length > 0
      ? `dropped by the kernel of ${confirmed.join(', ')}${laterText(pending)}`
      : `no agent judges by it yet${laterText(pending)}`
  }

  const terminate = async (action: Action, actor: Actor): Promise<void> => {
    const { ended, forwarded, problems } = await enforcement.terminate(action)
    action.terminated = ended
    const through = forwarded > 0 ? `, ${forwarded} pass through and die of the block` : ''
    const not = problems.length > 0 ? `; ${problems.join('; ')}` : ''
    actions.step(
      action,
      'note',
      `${ended} ${ended === 1 ? 'connection' : 'connections'} ended${through}${not}`,
      actor,
    )
  }

  /** Steps of what holds in the kernel; false: nothing does. */
  const putInForce = async (action: Action, actor: Actor, knownMs: number): Promise<boolean> => {
    const words: string[] = []
    if (action.do.block !== 'no') {
      const said = await block(action, actor)
      if (said === undefined) return false
      words.push(said)
    }
    if (action.do.rateLimit) {
      const { confirmed, pending } = await enforcement.limit(action)
      const { packetsPerSecond, of } = action.do.rateLimit
      const by = `${confirmed.join(', ') || 'nobody yet'}${laterText(pending)}`
      words.push(`${of} limited to ${packetsPerSecond}/s by ${by}`)
    }
    const reachable = around.get(action) ?? ''
    if (reachable !== '') words.push(reachable)
    action.latencyMs = Math.max(0, Math.round(now() - knownMs))
    if (action.do.block !== 'no' || action.do.rateLimit) {
      action.inForce = true
      watch(action)
      actions.step(action, 'in-force', `${words.join('; ')}, after ${action.latencyMs} ms`, actor)
    }
    return true
  }

  const run: CarryOut['run'] = async (action, actor, knownMs) => {
    try {
      const isDone = await inTurn(action, async () => {
        const why = await refusal(action)
        if (why === undefined) return putInForce(action, actor, knownMs)
        actions.step(action, 'refused', why, actor)
        return false
      })
      if (!isDone) return
      if (action.do.terminate && action.state !== 'undone') await terminate(action, actor)
      deps.extras(action)
    } catch (error) {
      log.warn({ err: error, action: action.id }, 'an action failed')
      actions.step(action, 'failed', messageOf(error), actor)
    }
  }

  const unblock = async (action: Action): Promise<string> => {
    const open = [...actions.open.values()]
    const left = entryLeft(action, open, now())
    const gone = await enforcement.unblock(action, left)
    if (!gone) {
      const above = passOnCovered(action, open, enforcement.isOurs)
      if (above) actions.save(above)
      return 'its entry was gone, or is another one by now and stays'
    }
    if (!left) return `its packets pass again${untilTold(action, gone.pending)}`
    const until = left.expiresAtMs === 0 ? 'for good' : `until ${timeText(left.expiresAtMs)}`
    return `it stays blocked by ${left.origin} ${until}`
  }

  /** What is over agents have ended by themselves. */
  const untilTold = ({ expiresAtMs }: Action, pending: readonly string[]): string =>
    expiresAtMs > 0 && expiresAtMs <= now() ? '' : laterText(pending)

  /** What holds of it in the kernels holds no more. */
  const lift = async (action: Action): Promise<string> => {
    const words: string[] = []
    if (action.do.block !== 'no') words.push(await unblock(action))
    if (action.do.rateLimit) {
      const left = limitsLeft(action, actions.open.values(), now())
      const pending = await enforcement.unlimit(action, left)
      const free = `its rate is not limited any more${untilTold(action, pending)}`
      words.push(left.length > 0 ? 'another limit stays' : free)
    }
    action.inForce = false
    return words.join('; ')
  }

  const undo: CarryOut['undo'] = (action, reason, actor) =>
    inTurn(action, async () => {
      if (!action.inForce)
        throw new NetscopeError('action.over', { id: action.id, state: action.state })
      const words = await lift(action)
      actions.step(action, 'undone', [reason, words].filter(Boolean).join(': '), actor)
    })

  const expire = (action: Action): Promise<void> =>
    inTurn(action, async () => {
      if (!action.inForce) return
      const words = await lift(action)
      actions.step(action, 'expired', `its time is over: ${words}`, actorOf(action))
    })

  /** The server ended while it was put in force. */
  const resumeOne = (action: Action): void => {
    const entry = enforcement.present(action.target, action.agent)
    if (action.do.block === 'no' || !entry || !enforcement.isOurs(action, entry))
      return actions.step(action, 'failed', 'the server ended before it was done', actorOf(action))
    action.inForce = true
    action.latencyMs = Math.max(0, Math.round(now() - action.createdAtMs))
    watch(action)
    const words = 'the server ended while it was put in force; its entry is on the deny list'
    actions.step(action, 'in-force', words, actorOf(action))
  }

  /** Whoever took its entry off the list has undone it. */
  const isTakenOff = ({ do: { block: what }, target, agent }: Action): boolean =>
    what !== 'no' && !enforcement.present(target, agent)

  /** Not while it is undone or ends: then it is we who take it off. */
  const takenOff = (action: Action): Promise<void> =>
    inTurn(action, async () => {
      if (!action.inForce) return
      action.inForce = false
      actions.step(action, 'undone', 'its entry was taken off the deny list', actorOf(action))
    })

  /** One at a time for each; what fails is tried again at a later tick. */
  const alone = (action: Action, work: (action: Action) => Promise<void>): void => {
    if (busy.has(action.id)) return
    busy.add(action.id)
    work(action)
      .catch((err: unknown) => {
        if (!isStopped) log.warn({ err, action: action.id }, 'an action cannot be looked after')
      })
      .finally(() => busy.delete(action.id))
  }

  const isOver = (action: Action, nowMs: number): boolean =>
    (action.expiresAtMs > 0 && action.expiresAtMs <= nowMs) ||
    (endsMs.get(action) ?? Infinity) <= deps.elapsedMs()

  return {
    run,
    undo,
    resume(inForce, brokenOff) {
      for (const action of inForce) if (action.inForce) watch(action)
      brokenOff.forEach(resumeOne)
    },
    returned: verifying.returned,
    tick() {
      const nowMs = now()
      ticks++
      for (const action of actions.open.values()) {
        if (!action.inForce) continue
        if (isOver(action, nowMs)) alone(action, expire)
        else if (ticks % TICKS_PER_LOOK === 0 && isTakenOff(action)) alone(action, takenOff)
        else if (verifying.isDue(action)) alone(action, verifying.verify)
      }
    },
    stop() {
      isStopped = true
    },
  }
}

const laterText = (pending: readonly string[]): string =>
  pending.length > 0 ? `; ${pending.join(', ')} as soon as it can` : ''

const timeText = (ms: number): string => new Date(ms).toISOString()
