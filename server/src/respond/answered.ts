/** What was done about targets by each policy, so that nothing is done twice about the same. */
import { createBoundedMap } from '@netscope/detect/bounded-map.ts'
import type { Action } from './action.ts'

interface Answered {
  action: Action
  /** Nothing more until then. */
  untilMs: number
  alert: string
}

export interface AnsweredTargets {
  /** Whether there is still nothing more to do about this target. */
  has(policy: string, target: string, alert: { id: string; lastSeen: string }): boolean
  put(targets: Iterable<string>, action: Action, untilMs: number): void
}

/** Targets of which it is known what was done. */
const MAX_ANSWERED = 20_000

export const createAnsweredTargets = (deps: {
  open: ReadonlyMap<string, Action>
  /** Milliseconds since 1970. */
  now(): number
}): AnsweredTargets => {
  const answered = createBoundedMap<string, Answered>(MAX_ANSWERED)
  const keyOf = (policy: string, target: string): string => `${policy} ${target}`

  return {
    has(policy, target, alert) {
      const last = answered.get(keyOf(policy, target))
      if (!last) return false
      // A person has decided about this very alert.
      const isDecided = last.action.state === 'undone' || last.action.state === 'rejected'
      if (isDecided && last.alert === alert.id) return true
      if (deps.open.has(last.action.id)) return true
      // Nothing new since it was over.
      const isSame =
        last.alert === alert.id && Date.parse(alert.lastSeen) <= last.action.expiresAtMs
      return !isDecided && (isSame || deps.now() < last.untilMs)
    },
    put(targets, action, untilMs) {
      for (const target of targets)
        answered.set(keyOf(action.policy, target), { action, untilMs, alert: action.alert })
    },
  }
}
