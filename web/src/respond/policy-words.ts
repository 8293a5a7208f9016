/** What a policy does, in words. */
import type { Policy } from '../api/respond.ts'

export const doesText = ({ do: what }: Pick<Policy, 'do'>): string => {
  const { side = 'source', block = 'no', rateLimit, terminate, capture, notify, webhook } = what
  const parts = [
    block === 'no' ? '' : `block ${block === 'prefix' ? 'the prefix of ' : ''}the ${side}`,
    rateLimit
      ? `at most ${rateLimit.packetsPerSecond} ${rateLimit.of === 'syn' ? 'new connections' : 'packets'} a second`
      : '',
    terminate ? 'end its connections' : '',
    capture ? `capture ${capture}` : '',
    notify ? 'notify' : '',
    webhook ? 'call a webhook' : '',
  ].filter(Boolean)
  return parts.join(', ') || 'nothing'
}

/** `then 4 times as long, at most 7d`; empty: each time the same. */
export const escalateText = ({ escalate }: Pick<Policy, 'escalate'>): string =>
  escalate && escalate.factor > 1
    ? `then ${escalate.factor} times as long, at most ${escalate.cap}`
    : ''
