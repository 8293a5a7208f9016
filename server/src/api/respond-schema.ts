/** Policies, actions, previews and protected addresses in answers. */
import { Type } from 'typebox'
import { ACTION_STATES } from '../respond/action.ts'
import type { Action } from '../respond/action.ts'
import { MODES } from '../respond/policy.ts'
import type { PolicyNow } from '../respond/policies.ts'
import type { PolicyPreview } from '../respond/policy-preview.ts'
import { policySpec, specOf } from '../respond/policy-spec.ts'
import { PROTECTED_KINDS } from '../respond/protected.ts'
import type { ProtectedAddress } from '../respond/protected.ts'
import { orNull } from './or-null.ts'

const time = (description: string) => Type.String({ format: 'date-time', description })
const timeOrNull = (description: string) =>
  orNull<string>('string', { format: 'date-time', description })
const iso = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number): string | null => (ms > 0 ? iso(ms) : null)

export const policySchema = Type.Object(
  {
    ...policySpec.properties,
    origin: Type.Enum(['api', 'file'], { description: 'file: read-only here.' }),
    author: Type.String(),
    createdAt: time('When it was made.'),
    changedAt: time('When it was changed last.'),
    modeNow: Type.Enum([...MODES], {
      description: 'What it does now: one that enforces observes once nobody confirmed its trial.',
    }),
    trial: Type.Enum(['none', 'running', 'confirmed', 'reverted']),
    trialUntil: timeOrNull('When it stops to enforce unless it is confirmed.'),
  },
  { title: 'Policy' },
)

export const shownPolicy = (policy: PolicyNow) => ({
  ...specOf(policy),
  origin: policy.origin,
  author: policy.author,
  createdAt: iso(policy.createdAtMs),
  changedAt: iso(policy.changedAtMs),
  modeNow: policy.modeNow,
  trial: policy.trial?.state ?? ('none' as const),
  trialUntil: policy.trial?.state === 'running' ? iso(policy.trial.untilMs) : null,
})

const peer = Type.Object({ ip: Type.String(), flows: Type.Number(), name: Type.String() })
const preview = Type.Object({
  flows: Type.Number({ description: 'That ended in these days, from and to the target.' }),
  bytes: Type.Number(),
  peers: Type.Array(peer, { description: 'With whom, the busiest first.' }),
  days: Type.Number(),
})
const verification = Type.Object({
  since: time('When it came into force.'),
  at: time('When the kernels were asked.'),
  passedPackets: Type.Number(),
  droppedPackets: Type.Number(),
  sshPackets: Type.Number({
    description: 'That passed at SSH ports, which are never dropped (`network.sshPorts`).',
  }),
  agents: Type.Array(Type.String()),
})

export const blockPreviewSchema = Type.Object(
  {
    target: Type.String(),
    ...preview.properties,
    protected: Type.Array(Type.String(), { description: 'What it would hit and must not.' }),
    reachable: Type.Array(Type.String(), {
      description: 'Protected addresses within the prefix: they stay reachable.',
    }),
    text: Type.String({ description: 'In a sentence.' }),
  },
  { title: 'BlockPreview' },
)

export const actionSchema = Type.Object(
  {
    id: Type.String(),
    policy: Type.String({ description: 'Empty: a person did it.' }),
    mode: Type.Enum([...MODES, 'manual']),
    alert: Type.String({ description: 'Id of the alert; empty: none led to it.' }),
    title: Type.String({ description: 'Of the alert.' }),
    target: Type.String({ description: 'Address or prefix.' }),
    does: Type.Array(Type.String(), { description: 'In words: block, terminate …' }),
    agent: Type.String({ description: 'Empty: all.' }),
    state: Type.Enum([...ACTION_STATES]),
    inForce: Type.Boolean({ description: 'The kernel judges by it.' }),
    createdAt: time('When it began.'),
    expiresAt: timeOrNull('When it ends by itself; of a question: how long it waits.'),
    forSeconds: Type.Number({ description: 'How long it holds; 0: for good.' }),
    isSpoofable: Type.Boolean({ description: 'No handshake shows that the source is not forged.' }),
    reason: Type.String(),
    author: Type.String(),
    origin: Type.String({ description: 'Of its entry on the deny list.' }),
    reachable: Type.Array(Type.String(), {
      description: 'Protected addresses within the prefix, which stay reachable.',
    }),
    preview: orNull<{ flows: number; bytes: number; peers: object[]; days: number }>(
      'object',
      preview,
    ),
    verification: orNull<object>('object', verification),
    terminated: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      description: 'Connections that were ended.',
    }),
    latencyMs: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      description: 'From the alert known to the kernel judging by it.',
    }),
    steps: Type.Array(
      Type.Object({
        state: Type.String(),
        at: time('When.'),
        reason: Type.String(),
        by: Type.String(),
      }),
    ),
  },
  { title: 'Action' },
)

const doesOf = ({ do: what }: Action): string[] => [
  ...(what.block === 'no' ? [] : [`block ${what.block}`]),
  ...(what.rateLimit ? [`limit to ${what.rateLimit.packetsPerSecond} ${what.rateLimit.of}/s`] : []),
  ...(what.terminate ? ['terminate connections'] : []),
  ...(what.captureSeconds > 0 ? [`capture ${what.captureSeconds} s`] : []),
  ...(what.notify ? ['notify'] : []),
]

export const shownAction = (action: Action) => {
  const { do: _do, createdAtMs, expiresAtMs, steps, verification: seen, ...rest } = action
  return {
    ...rest,
    does: doesOf(action),
    reachable: action.reachable ?? [],
    createdAt: iso(createdAtMs),
    expiresAt: isoOrNull(expiresAtMs),
    verification: seen && {
      ...{ since: iso(seen.sinceMs), at: iso(seen.atMs), agents: seen.agents },
      ...{ passedPackets: seen.passedPackets, droppedPackets: seen.droppedPackets },
      sshPackets: seen.sshPackets ?? 0,
    },
    steps: steps.map(({ atMs, ...step }) => ({ ...step, at: iso(atMs) })),
  }
}

export const policyPreviewSchema = Type.Object(
  {
    days: Type.Number(),
    alerts: Type.Number({ description: 'That its filter is true of.' }),
    isCut: Type.Boolean({ description: 'There is more than was looked at.' }),
    flows: Type.Number({ description: 'That its blocks would have met.' }),
    bytes: Type.Number(),
    actions: Type.Array(
      Type.Object({
        target: Type.String(),
        name: Type.String({ description: 'Of the device that has the address.' }),
        alert: Type.String(),
        title: Type.String(),
        from: time('When it would have begun.'),
        to: time('When it would have ended.'),
        flows: Type.Number(),
        bytes: Type.Number(),
        isSpoofable: Type.Boolean(),
      }),
    ),
    refused: Type.Array(
      Type.Object({ target: Type.String(), title: Type.String(), reason: Type.String() }),
    ),
    text: Type.String({ description: 'In a sentence.' }),
  },
  { title: 'PolicyPreview' },
)

export const shownPolicyPreview = ({ hit: _hit, actions, ...rest }: PolicyPreview) => {
  const addresses = new Set(actions.map(({ target }) => target)).size
  const named = actions.filter(({ name }) => name !== '').map(({ name }) => name)
  const among =
    named.length > 0 ? ` (${[...new Set(named)].slice(0, 3).join(', ')} among them)` : ''
  const text = `in the last ${rest.days} days it would have answered ${addresses} ${addresses === 1 ? 'address' : 'addresses'}${among} and met ${rest.flows} flows; ${rest.refused.length} would have been refused`
  return {
    ...rest,
    actions: actions.map(({ fromMs, toMs, ...of }) => ({
      ...of,
      from: iso(fromMs),
      to: iso(toMs),
    })),
    text,
  }
}

export const protectedSchema = Type.Object(
  {
    prefix: Type.String(),
    kind: Type.Enum([...PROTECTED_KINDS]),
    reason: Type.String(),
    agent: Type.String({ description: 'Who tells of it; empty: the server.' }),
    lastSeen: time('When it was seen to be so last.'),
    canOverride: Type.Boolean({ description: 'An admin may block it all the same.' }),
  },
  { title: 'ProtectedAddress' },
)
export const shownProtected = ({ lastSeenMs, ...of }: ProtectedAddress) => ({
  ...of,
  lastSeen: iso(lastSeenMs),
})
