/** What people do: block by hand, approve, reject and undo; by a link that works once, too. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { hashSecret, isSecret, makeSecret } from '../auth/secret.ts'
import type { Action } from './action.ts'
import type { ActionStore } from './action-store.ts'
import { addStep } from './action.ts'
import type { Actions, Actor } from './actions.ts'
import type { CarryOut } from './carry-out.ts'
import type { Enforcement } from './enforcement.ts'
import type { Pins } from './pins.ts'
import type { Previews } from './preview.ts'
import type { Protected } from './protected.ts'

export interface ManualBlock {
  ip: string
  reason: string
  /** 0: for good. */
  forSeconds: number
  terminate: boolean
  /** Of an admin: also what is protected, but never own addresses and gateways. */
  override: boolean
  /** Where it was asked: api, page, cli. */
  origin: string
}

export interface Decisions {
  /** Throws `block.protected`, `block.unpinned`, `block.present`, `list.prefix-invalid`, or what the agents answer. */
  block(wanted: ManualBlock, actor: Actor): Promise<Action>
  /** Throws `action.not-asked`. */
  approve(id: string, actor: Actor): Promise<Action>
  reject(id: string, reason: string, actor: Actor): Action
  /** Throws `action.over`. */
  undo(id: string, reason: string, actor: Actor): Promise<Action>
  /** The secret of a link that decides about an action that waits; told once. */
  link(id: string): { secret: string; expiresAtMs: number }
  /** The action that the link decides about; throws `approval.link`. */
  linked(secret: string): Action
  /** Uses the link up; throws `approval.link`. */
  useLink(secret: string): Action
}

export interface DecisionsDeps {
  actions: Actions
  store: Pick<ActionStore, 'addLink' | 'linked' | 'useLink'>
  carryOut: CarryOut
  enforcement: Pick<Enforcement, 'present'>
  previews: Previews
  protected: Pick<Protected, 'hit'>
  pins: Pick<Pins, 'ensure'>
  /** Milliseconds since 1970. */
  now(): number
}

/** Throws `block.protected` if a block of the target would hit what is protected. */
export const refuseProtected = (
  target: string,
  protectedOnes: Pick<Protected, 'hit'>,
  override: boolean,
): void => {
  const hit = protectedOnes.hit(parsePrefix(target))
  if (!hit || (override && hit.canOverride)) return
  const { prefix, kind, reason, canOverride } = hit
  throw new NetscopeError('block.protected', {
    ...{ target, prefix, kind, reason },
    remedy: canOverride
      ? 'An admin can insist with `override`'
      : 'Without it nobody would get anywhere, so there is no way to insist; a prefix around it is blocked without it',
  })
}

export const createDecisions = (deps: DecisionsDeps): Decisions => {
  const { actions, store, carryOut, now } = deps

  const waiting = (id: string): Action => {
    const action = actions.find(id)
    // The next look at what nobody answered may be half a second away.
    const state = action.state === 'asked' && action.expiresAtMs <= now() ? 'expired' : action.state
    if (state !== 'asked') throw new NetscopeError('action.not-asked', { id, state })
    return action
  }

  const linked = (secret: string): Action => {
    const id = isSecret(secret, 'nsa_') ? store.linked(hashSecret(secret), now()) : undefined
    if (id === undefined) throw new NetscopeError('approval.link')
    const action = actions.find(id)
    if (action.state !== 'asked') throw new NetscopeError('approval.link')
    return action
  }

  /** People need not wait for it. */
  const addPreview = (action: Action): void => {
    deps.previews
      .of(action.target, action.agent)
      .then((preview) => {
        action.preview = preview
        actions.save(action)
      })
      .catch(() => undefined)
  }

  return {
    async block({ ip, reason, forSeconds, terminate, override, origin }, actor) {
      const knownMs = now()
      const target = parsePrefix(ip).text
      refuseProtected(target, deps.protected, override)
      const { refusal } = await deps.pins.ensure(parsePrefix(target), '')
      if (refusal !== '') throw new NetscopeError('block.unpinned', { target, reason: refusal })
      const expiresAtMs = forSeconds === 0 ? 0 : knownMs + forSeconds * 1000
      const present = deps.enforcement.present(target, '')
      const lasts = (ms: number) => (ms === 0 ? Infinity : ms)
      if (present && lasts(present.expiresAtMs) >= lasts(expiresAtMs)) {
        const until = present.expiresAtMs === 0 ? 'it is taken off' : iso(present.expiresAtMs)
        throw new NetscopeError('block.present', { target, origin: present.origin, until })
      }
      const block = target.includes('/') ? ('prefix' as const) : ('address' as const)
      const action = actions.begin(
        {
          ...{ policy: '', mode: 'manual', alert: '', title: reason, target, agent: '' },
          do: {
            ...{ block, at: 'all', rateLimit: null, terminate, captureSeconds: 0, notify: false },
            ...(override && { override }),
          },
          ...{ expiresAtMs, isSpoofable: false, reason, author: actor.principal.name },
          ...{ preview: null, verification: null, terminated: null, latencyMs: null },
          ...{ forSeconds, origin },
        },
        'approved',
        override ? `${reason || 'by hand'}; an admin insisted` : reason || 'by hand',
        actor,
      )
      await carryOut.run(action, actor, knownMs)
      addPreview(action)
      return action
    },
    async approve(id, actor) {
      const action = waiting(id)
      const knownMs = now()
      action.expiresAtMs = knownMs + action.forSeconds * 1000
      actions.step(action, 'approved', `for ${action.forSeconds} s`, actor)
      await carryOut.run(action, actor, knownMs)
      return action
    },
    reject(id, reason, actor) {
      const action = waiting(id)
      actions.step(action, 'rejected', reason, actor)
      return action
    },
    async undo(id, reason, actor) {
      const action = actions.find(id)
      await carryOut.undo(action, reason, actor)
      return action
    },
    link(id) {
      const action = waiting(id)
      const secret = makeSecret('nsa_')
      store.addLink(hashSecret(secret), id, action.expiresAtMs)
      return { secret, expiresAtMs: action.expiresAtMs }
    },
    linked,
    useLink(secret) {
      const action = linked(secret)
      if (!store.useLink(hashSecret(secret), now())) throw new NetscopeError('approval.link')
      addStep(action, 'note', { atMs: now(), reason: 'the link was used', by: 'approval link' })
      return action
    },
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
