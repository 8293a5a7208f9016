/** How channels are: what failed, what was sent today, and why one is off. */
import type { Channel } from './channel.ts'
import type { ChannelState, ChannelStore } from './channel-store.ts'
import { nextDayMs } from './quiet-hours.ts'

export interface ChannelStates {
  of(name: string): ChannelState
  sentToday(channel: Channel): number
  /** `warning`: it did not reach everybody; empty: it did. */
  sent(channel: Channel, warning: string): void
  failed(name: string, reason: string): void
  /** Nothing is sent until `enable`. */
  disable(name: string, reason: string): void
  enable(name: string): void
}

export const createChannelStates = (
  store: Pick<ChannelStore, 'stateOf' | 'setState'>,
  now: () => number,
): ChannelStates => {
  const change = (name: string, changes: Partial<ChannelState>): void =>
    store.setState(name, { ...store.stateOf(name), ...changes })

  const sentToday = ({ name }: Channel): number => {
    const { dayMs, daySent } = store.stateOf(name)
    return dayMs > now() ? daySent : 0
  }

  return {
    of: (name) => store.stateOf(name),
    sentToday,
    sent(channel, warning) {
      const before = sentToday(channel)
      const { dayMs } = store.stateOf(channel.name)
      change(channel.name, {
        ...{ lastSentAtMs: now(), daySent: before + 1 },
        ...{ lastError: warning, lastErrorAtMs: warning === '' ? 0 : now() },
        dayMs: dayMs > now() ? dayMs : nextDayMs(now(), channel.rules.timeZone),
      })
    },
    failed: (name, lastError) => change(name, { lastError, lastErrorAtMs: now() }),
    disable: (name, disabled) =>
      change(name, { disabled, disabledAtMs: now(), lastError: disabled, lastErrorAtMs: now() }),
    enable: (name) => change(name, { disabled: '', disabledAtMs: 0 }),
  }
}
