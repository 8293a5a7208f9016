/** What stands in the form of a policy, and what the API is told of it. */
import type { NewPolicy, Policy } from '../api/respond.ts'

export interface PolicyValues {
  name: string
  description: string
  when: string
  side: string
  block: string
  at: string
  terminate: boolean
  /** Packets per second; empty: no limit. */
  limit: string
  limitOf: string
  capture: string
  notify: boolean
  webhook: string
  holds: string
  factor: string
  cap: string
  mode: string
  trial: string
}

export const policyValuesOf = (policy?: Policy): PolicyValues => {
  const { do: does, escalate } = policy ?? { do: { block: 'address', terminate: true } as const }
  return {
    ...{ name: policy?.name ?? '', description: policy?.description ?? '' },
    when: policy?.when ?? 'severity >= 60 and direction = inbound',
    ...{ side: does.side ?? 'source', block: does.block ?? 'no', at: does.at ?? 'all' },
    terminate: does.terminate ?? false,
    limit: does.rateLimit ? String(does.rateLimit.packetsPerSecond) : '',
    limitOf: does.rateLimit?.of ?? 'syn',
    ...{ capture: does.capture ?? '', notify: does.notify ?? false, webhook: '' },
    holds: policy?.for ?? '1h',
    ...{ factor: String(escalate?.factor ?? 1), cap: escalate?.cap ?? '7d' },
    ...{ mode: policy?.mode ?? 'observe', trial: '1h' },
  }
}

/** `before`: what it is now; what the form does not show stays. */
export const policyOf = (values: PolicyValues, before?: Policy): NewPolicy => {
  const { rateLimit: limited, capture: _capture, ...kept } = before?.do ?? {}
  const { limit, limitOf, capture, webhook, factor, cap } = values
  const rateLimit = {
    // Its burst is as it was as long as the rate is.
    ...(limit === String(limited?.packetsPerSecond) && limited),
    ...{ packetsPerSecond: Number(limit), of: limitOf as 'syn' | 'packets' },
  }
  return {
    ...{ name: values.name.trim(), description: values.description.trim() },
    ...{ when: values.when.trim(), for: values.holds.trim(), trial: values.trial.trim() },
    mode: values.mode as 'observe' | 'ask' | 'enforce',
    ...(before?.enabled !== undefined && { enabled: before.enabled }),
    ...(Number(factor) > 1 && { escalate: { factor: Number(factor), cap: cap.trim() } }),
    do: {
      ...kept,
      side: values.side as 'source' | 'target',
      block: values.block as 'no' | 'address' | 'prefix',
      at: values.at as 'all' | 'seen',
      ...{ terminate: values.terminate, notify: values.notify },
      ...(limit.trim() && { rateLimit }),
      ...(capture.trim() && { capture: capture.trim() }),
      ...(webhook.trim() && { webhook: webhook.trim() }),
    },
  }
}
