/** What channels were sent, and what still waits in them. */
import type { ChannelFigures, Notify } from '../notify/notify.ts'
import { counter, gauge } from './family.ts'
import type { Family, Sample } from './family.ts'

export interface NotifyFamilyDeps {
  notify: Pick<Notify, 'figures' | 'lost' | 'states'>
}

export const notifyFamilies = ({ notify }: NotifyFamilyDeps): Family[] => {
  const each = (read: (figures: ChannelFigures, channel: string) => number) => (): Sample[] =>
    [...notify.figures()].map(([channel, figures]) => ({
      labels: { channel },
      value: read(figures, channel),
    }))
  return [
    counter(
      'netscope_notifications_sent_total',
      'Messages that a channel took.',
      each(({ sent }) => sent),
    ),
    counter(
      'netscope_notifications_failed_total',
      'Messages that were refused or given up, and channels that broke.',
      each(({ failed }) => failed),
    ),
    counter(
      'netscope_notifications_retried_total',
      'Attempts after which a message is sent again later.',
      each(({ retried }) => retried),
    ),
    gauge(
      'netscope_notifications_waiting',
      'Messages that are not sent yet, or still take alerts.',
      each(({ waiting }) => waiting),
    ),
    gauge(
      'netscope_channel_disabled',
      '1: nothing is sent in this channel until somebody switches it on.',
      each((_, channel) => Number(notify.states.of(channel).disabled !== '')),
    ),
    counter(
      'netscope_notifications_lost_total',
      'Alerts of which no channel was told, because the database failed for long.',
      () => [{ value: notify.lost() }],
    ),
  ]
}
