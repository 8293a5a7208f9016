/** The record of actions: every step is kept, in the audit log too, and told to whoever watches. */
import { randomUUID } from 'node:crypto'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Audit } from '../auth/audit.ts'
import type { Principal } from '../auth/principal.ts'
import type { State } from '../state/open-state.ts'
import { addStep } from './action.ts'
import type { Action, ActionStep } from './action.ts'
import type { ActionStore } from './action-store.ts'

/** Who does something, and from where. */
export interface Actor {
  principal: Principal
  from: string
}

export interface Actions {
  /** What is in force or waits for a person, by id. */
  readonly open: ReadonlyMap<string, Action>
  /** Throws `action.unknown`. */
  find(id: string): Action
  /** A new one with its first step. */
  begin(
    of: Omit<Action, 'id' | 'state' | 'inForce' | 'createdAtMs' | 'steps'>,
    state: Action['state'],
    reason: string,
    actor: Actor,
  ): Action
  step(action: Action, state: ActionStep['state'], reason: string, actor: Actor): void
  /** What was learned of it without a step. */
  save(action: Action): void
  /** `step`: what has just been done about it; undefined: something was learned of it. */
  watch(listener: (action: Action, step?: ActionStep) => void): () => void
  /** Returns those that were broken off: approved, and nothing more is known of them. */
  load(): Action[]
}

export interface ActionsDeps {
  store: ActionStore
  state: Pick<State, 'transaction'>
  audit: Pick<Audit, 'record'>
  /** Milliseconds since 1970. */
  now(): number
}

/** NetScope itself, by a policy. */
export const policyActor = (policy: string): Actor => ({
  principal: {
    ...{ kind: 'local', id: 'policy', name: `policy ${policy}`, role: 'operator', scopes: [] },
  },
  from: '',
})

export const createActions = ({ store, state, audit, now }: ActionsDeps): Actions => {
  const open = new Map<string, Action>()
  const listeners = new Set<(action: Action, step?: ActionStep) => void>()

  const keep = (action: Action): void => {
    store.save(action)
    if (action.inForce || action.state === 'asked') open.set(action.id, action)
    else open.delete(action.id)
  }

  const tell = (action: Action, step?: ActionStep): void => {
    for (const listener of listeners) listener(action, step)
  }

  const step: Actions['step'] = (action, to, reason, { principal, from }) => {
    const before = action.state
    const done = { atMs: now(), reason, by: principal.name }
    addStep(action, to, done)
    // One write to the disk for both.
    state.transaction(() => {
      keep(action)
      audit.record({
        principal,
        action: `action.${to}`,
        target: `${action.target} ${action.id}`,
        before: { state: before },
        after: {
          ...{ state: action.state, reason, policy: action.policy, alert: action.alert },
          ...{ expiresAtMs: action.expiresAtMs, inForce: action.inForce },
        },
        from,
      })
    })
    tell(action, { state: to, ...done })
  }

  return {
    open,
    find(id) {
      const found = open.get(id) ?? store.find(id)
      if (!found) throw new NetscopeError('action.unknown', { id })
      return found
    },
    begin(of, to, reason, actor) {
      const id = randomUUID().slice(0, 13).replace('-', '')
      const action: Action = {
        ...of,
        ...{ id, state: to, inForce: false, createdAtMs: now(), steps: [] },
      }
      step(action, to, reason, actor)
      return action
    },
    step,
    save(action) {
      keep(action)
      tell(action)
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    load() {
      const found = store.open()
      const isBrokenOff = ({ state, inForce }: Action) => state === 'approved' && !inForce
      for (const action of found) if (!isBrokenOff(action)) open.set(action.id, action)
      return found.filter(isBrokenOff)
    },
  }
}
