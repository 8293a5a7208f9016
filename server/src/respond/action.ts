/** An action: what was done, is asked for or would have been done about an alert or by a person, step by step. */
import type { ListEntry } from '@netscope/core/wire.ts'
import type { Mode, PolicyDo } from './policy.ts'

/**
 * `observed`: only noted; `asked`: waits for a person; `approved`/`rejected`: one decided; `in-force`: the kernel judges by
 * it; `verified`: no packet passed since; `expired`, `undone`: over; `refused`: it would do harm or too much; `failed`.
 */
export const ACTION_STATES = [
  'observed',
  'asked',
  'approved',
  'rejected',
  'in-force',
  'verified',
  'expired',
  'undone',
  'refused',
  'failed',
] as const
export type ActionState = (typeof ACTION_STATES)[number]

export interface ActionStep {
  state: ActionState | 'note'
  atMs: number
  /** Why, in words. */
  reason: string
  /** Person or part of NetScope. */
  by: string
}

/** What it would have met in the history. */
export interface Preview {
  /** Flows of the last days from and to the target. */
  flows: number
  bytes: number
  /** With whom, the busiest first. */
  peers: { ip: string; flows: number; name: string }[]
  days: number
}

/** What the kernels say since it is in force. */
export interface Verification {
  sinceMs: number
  atMs: number
  passedPackets: number
  droppedPackets: number
  /** That passed at SSH ports, which are never dropped; of older actions it is not known. */
  sshPackets?: number
  /** Agents that told. */
  agents: string[]
}

export interface Action {
  id: string
  /** Of the policy; empty: a person did it. */
  policy: string
  mode: Mode | 'manual'
  alert: string
  /** Of the alert. */
  title: string
  /** Address or prefix, canonical. */
  target: string
  /** `override`: an admin insists on what is protected. */
  do: Omit<PolicyDo, 'webhook' | 'side' | 'prefix4' | 'prefix6'> & { override?: true }
  /** Agent that it is for; empty: all. */
  agent: string
  state: ActionState
  inForce: boolean
  createdAtMs: number
  /** 0: never. */
  expiresAtMs: number
  /** Of a spoofable source: never for long. */
  isSpoofable: boolean
  reason: string
  author: string
  steps: ActionStep[]
  preview: Preview | null
  verification: Verification | null
  /** Connections that were ended. */
  terminated: number | null
  /** From the alert known to the kernel judging by it. */
  latencyMs: number | null
  /** How long it is to hold once approved. */
  forSeconds: number
  /** Origin of its list entry. */
  origin: string
  /** Protected addresses within its prefix, which stay reachable. */
  reachable?: string[]
  /** The entry that stood there and ends earlier: it stands there again when this one is taken back. */
  covered?: CoveredEntry
}

export type CoveredEntry = Pick<
  ListEntry,
  'reason' | 'origin' | 'author' | 'createdAtMs' | 'expiresAtMs'
>

/** Steps that are kept of one; the first and the latest. */
const MAX_STEPS = 40

export const addStep = (
  action: Action,
  state: ActionStep['state'],
  step: Omit<ActionStep, 'state'>,
): void => {
  if (action.steps.length >= MAX_STEPS) action.steps.splice(MAX_STEPS / 2, 1)
  action.steps.push({ state, ...step })
  if (state !== 'note') action.state = state
}

/** Its entry of the deny list. */
export const entryOf = (action: Action): CoveredEntry => {
  const { reason, origin, author, expiresAtMs, forSeconds, createdAtMs } = action
  const beganMs = forSeconds > 0 ? expiresAtMs - forSeconds * 1000 : createdAtMs
  return { reason: reason.slice(0, 200), origin, author, createdAtMs: beganMs, expiresAtMs }
}
