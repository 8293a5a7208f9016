/** A policy as people write it, in the API and in YAML alike, and what is wrong with one. */
import { parseDuration } from '@netscope/core/query/value.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { isAll, parseAlertQuery } from '../alerts/alert-query.ts'
import { LINE, POLICY_NAME } from '../declared/pattern-words.ts'
import { MODES } from './policy.ts'
import type { Policy } from './policy.ts'

const STRICT = { additionalProperties: false } as const
const duration = (description: string) => Type.Optional(Type.String({ maxLength: 16, description }))

const doSpec = Type.Object(
  {
    side: Type.Optional(
      Type.Enum(['source', 'target'], { description: 'Who of the alert; source where missing.' }),
    ),
    block: Type.Optional(Type.Enum(['no', 'address', 'prefix'])),
    prefix4: Type.Optional(Type.Integer({ minimum: 16, maximum: 32, description: 'Bits; 24.' })),
    prefix6: Type.Optional(Type.Integer({ minimum: 32, maximum: 128, description: 'Bits; 64.' })),
    at: Type.Optional(
      Type.Enum(['all', 'seen'], { description: 'All agents, or the one that saw it.' }),
    ),
    rateLimit: Type.Optional(
      Type.Object(
        {
          packetsPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
          burst: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
          of: Type.Optional(Type.Enum(['packets', 'syn'])),
        },
        STRICT,
      ),
    ),
    terminate: Type.Optional(Type.Boolean({ description: 'End connections that are open.' })),
    capture: duration('Capture packets for so long: 30s.'),
    notify: Type.Optional(Type.Boolean({ description: 'Tell the channels what was done.' })),
    webhook: Type.Optional(
      Type.String({ maxLength: 2048, description: 'URL that gets the action as JSON, by POST.' }),
    ),
  },
  STRICT,
)

export const policySpec = Type.Object(
  {
    name: Type.String({ pattern: POLICY_NAME }),
    description: Type.Optional(Type.String({ maxLength: 300, pattern: LINE })),
    enabled: Type.Optional(Type.Boolean()),
    when: Type.String({
      minLength: 1,
      maxLength: QUERY_LIMITS.length,
      description: 'Filter over alerts: detector ~ scan and severity >= 60.',
    }),
    do: doSpec,
    for: duration('How long it holds: 1h where missing.'),
    escalate: Type.Optional(
      Type.Object(
        {
          factor: Type.Integer({ minimum: 1, maximum: 24 }),
          cap: Type.String({ maxLength: 16, description: '7d' }),
        },
        { ...STRICT, description: 'So many times as long for each time before, up to the cap.' },
      ),
    ),
    mode: Type.Optional(Type.Enum([...MODES], { description: 'observe where missing.' })),
    trial: duration('How long it enforces until it must be confirmed; 1h where missing.'),
  },
  STRICT,
)
export type PolicySpec = Static<typeof policySpec>

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600
const DAY_SECONDS = 86_400
const YEAR_SECONDS = 366 * DAY_SECONDS

/** Where it is wrong, why, and what could stand there. */
export class PolicyProblem extends Error {
  readonly place: string
  /** Without a full stop. */
  readonly remedy: string
  constructor(place: string, message: string, remedy: string) {
    super(message)
    this.place = place
    this.remedy = remedy
  }
}

const secondsOf = (
  place: string,
  text: string | undefined,
  missing: number,
  [least, most]: readonly [number, number],
): number => {
  if (text === undefined || text === '') return missing
  const seconds = /\D/.test(text) ? Math.ceil((parseDuration(text) ?? 0) / 1000) : 0
  if (seconds >= least && seconds <= most) return seconds
  throw new PolicyProblem(
    place,
    `${JSON.stringify(text)} is no time from ${least} s to ${most} s`,
    'Write a number with its unit, such as 30s, 15m, 1h or 7d',
  )
}

const checkWhen = (when: string): void => {
  const result = parseAlertQuery(when)
  if (!result.ok)
    throw new PolicyProblem(
      'when',
      `${result.error.message} (character ${result.error.position + 1})`,
      result.error.suggestion === undefined
        ? 'See docs/reference/response.md for what can be asked of an alert'
        : `${result.error.suggestion} may be meant`,
    )
  if (isAll(result.query))
    throw new PolicyProblem(
      'when',
      'it would answer every alert',
      'Say which: detector ~ scan and severity >= 60',
    )
}

const checkWebhook = (webhook: string): void => {
  if (webhook === '' || /^(file:\/|env:[A-Za-z_])/.test(webhook)) return
  if (/^https?:$/.test(URL.parse(webhook)?.protocol ?? '')) return
  throw new PolicyProblem(
    'do.webhook',
    'it is no http or https URL',
    'Write https://…, or file:/path or env:NAME that holds the URL',
  )
}

/** Throws `PolicyProblem`. */
export const policyOf = (spec: PolicySpec): Policy => {
  checkWhen(spec.when)
  const { rateLimit, capture, webhook = '' } = spec.do
  checkWebhook(webhook)
  const forSeconds = secondsOf('for', spec.for, HOUR_SECONDS, [1, YEAR_SECONDS])
  const policy: Policy = {
    name: spec.name,
    description: spec.description ?? '',
    enabled: spec.enabled ?? true,
    when: spec.when,
    do: {
      side: spec.do.side ?? 'source',
      block: spec.do.block ?? 'no',
      prefix4: spec.do.prefix4 ?? 24,
      prefix6: spec.do.prefix6 ?? 64,
      at: spec.do.at ?? 'all',
      rateLimit: rateLimit
        ? {
            packetsPerSecond: rateLimit.packetsPerSecond,
            burst: rateLimit.burst ?? rateLimit.packetsPerSecond,
            of: rateLimit.of ?? 'packets',
          }
        : null,
      terminate: spec.do.terminate ?? spec.do.block === 'address',
      captureSeconds: secondsOf('do.capture', capture, 0, [1, 600]),
      notify: spec.do.notify ?? false,
      webhook,
    },
    forSeconds,
    escalate: {
      factor: spec.escalate?.factor ?? 1,
      capSeconds: secondsOf('escalate.cap', spec.escalate?.cap, forSeconds, [1, YEAR_SECONDS]),
    },
    mode: spec.mode ?? 'observe',
    trialSeconds: secondsOf('trial', spec.trial, HOUR_SECONDS, [1, 7 * DAY_SECONDS]),
  }
  if (policy.escalate.capSeconds < forSeconds)
    throw new PolicyProblem(
      'escalate.cap',
      `a cap of ${timeText(policy.escalate.capSeconds)} is less than \`for\`, ${timeText(forSeconds)}`,
      'Write the longest time that an address which comes again is answered for',
    )
  const { block, terminate, captureSeconds, notify } = policy.do
  if (
    block === 'no' &&
    !policy.do.rateLimit &&
    !terminate &&
    !captureSeconds &&
    !notify &&
    !webhook
  )
    throw new PolicyProblem('do', 'it does nothing', 'Write for example `block: address`')
  return policy
}

const timeText = (seconds: number): string => {
  const units = [
    [DAY_SECONDS, 'd'],
    [HOUR_SECONDS, 'h'],
    [MINUTE_SECONDS, 'm'],
  ] as const
  const [size, unit] = units.find(([of]) => seconds % of === 0) ?? [1, 's']
  return `${seconds / size}${unit}`
}

/** As it would be written; the webhook masked. */
export const specOf = (policy: Policy): PolicySpec => {
  const { rateLimit, captureSeconds, webhook, ...rest } = policy.do
  return {
    name: policy.name,
    description: policy.description,
    enabled: policy.enabled,
    when: policy.when,
    do: {
      ...rest,
      ...(rateLimit && { rateLimit }),
      ...(captureSeconds > 0 && { capture: timeText(captureSeconds) }),
      ...(webhook !== '' && { webhook: '***' }),
    },
    for: timeText(policy.forSeconds),
    escalate: { factor: policy.escalate.factor, cap: timeText(policy.escalate.capSeconds) },
    mode: policy.mode,
    trial: timeText(policy.trialSeconds),
  }
}
