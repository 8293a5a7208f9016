/** Notifications: who is told of alerts, wired: channels, what they gather, outbox, sending. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Logger } from 'pino'
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import type { AlertStore, StoredAlert } from '../alerts/alert-store.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { State } from '../state/open-state.ts'
import type { Channel, Outcome } from './channel.ts'
import { createChannelStates } from './channel-states.ts'
import type { ChannelStates } from './channel-states.ts'
import { createChannelStore } from './channel-store.ts'
import { createChannels } from './channels.ts'
import type { Channels } from './channels.ts'
import { createGatherer } from './gatherer.ts'
import { messageNotice } from './notice.ts'
import type { Notice } from './notice.ts'
import { createOutboxStore } from './outbox-store.ts'
import type { OutboxEntry } from './outbox-store.ts'
import { createSender } from './sender.ts'

export interface NotifyConfig {
  /** Of the page, for links; empty: none. */
  publicUrl: string
  /** Of a file or of keys. */
  declared: readonly Channel[]
}

export interface NotifyDeps {
  state: State
  alerts: {
    watch(listener: (alert: KeptAlert, row: AlertRow) => void): () => void
    rowOf(stored: StoredAlert): AlertRow
  }
  alertStore: Pick<AlertStore, 'find'>
  outgoing: Outgoing
  /** Where a person decides about an action. */
  linkOf?(action: string): string
  /** Milliseconds since 1970. */
  now(): number
  random?(): number
  log: Pick<Logger, 'warn' | 'info'>
}

export interface ChannelFigures {
  sent: number
  failed: number
  retried: number
  /** Not sent yet, also what is still gathered. */
  waiting: number
}

export type PlainMessage = Pick<Notice, 'title' | 'text' | 'url' | 'asks' | 'label'>

export interface Notify {
  channels: Channels
  states: ChannelStates
  /** Alerts of which no channel was told, because the database failed for long. */
  lost(): number
  /** By channel. */
  figures(): Map<string, ChannelFigures>
  /** Messages of a channel that are not sent yet, also what is still gathered. */
  waiting(channel: string): number
  /** The newest first. */
  outbox(limit: number, channel?: string): OutboxEntry[]
  /** Puts a message into the outbox. Throws `channel.unknown` or `channel.full`. */
  tell(channel: string, message: PlainMessage): void
  /** Sends one now and says what became of it; the channel stays as it is. */
  test(channel: Channel, by: string): Promise<Outcome>
  /** Also what is in the outbox. */
  remove(name: string): Channel
  /** Looks at once whether something is due. */
  look(): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  start(): void
  /** Waits for what is under way, not for long. */
  stop(): Promise<void>
}

const LOOK_MS = 500
const TRIM_MS = 600_000
const KEEP_MS = 7 * 86_400_000
const MOST_DONE = 500
/** Messages of others that wait in one channel; alerts wait together in one. */
const MOST_WAITING = 200
/** What is under way when the server ends is sent again at its next start. */
const STOP_WITHIN_MS = 2000

export const createNotify = (config: NotifyConfig, deps: NotifyDeps): Notify => {
  const { state, alerts, alertStore, outgoing, now, log } = deps
  const store = createChannelStore(state)
  const outbox = createOutboxStore(state)
  const channels = createChannels({ store, now, declared: config.declared })
  const states = createChannelStates(store, now)
  const all = () => channels.all()
  const sender = createSender({
    ...{ outbox, states, channels: all, outgoing, now, log, random: deps.random ?? Math.random },
    ...(deps.linkOf && { linkOf: deps.linkOf }),
  })
  const gatherer = createGatherer({
    ...{ outbox, channels: all, sentToday: states.sentToday, now, log },
    url: config.publicUrl,
  })
  let timers: NodeJS.Timeout[] = []
  let unwatch: (() => void) | undefined

  const look = (): void => {
    gatherer.flush()
    try {
      sender.look()
    } catch (err) {
      log.warn({ err }, 'the outbox cannot be read')
    }
  }
  const waiting = (name: string): number =>
    outbox.count(name, 'waiting') + outbox.count(name, 'gathering')
  const trim = (): void => outbox.trim(now() - KEEP_MS, MOST_DONE)

  return {
    channels,
    states,
    lost: () => gatherer.counts.lost,
    figures: () =>
      new Map(
        all().map(({ name }) => {
          const { sent = 0, failed = 0, retried = 0 } = sender.counts.get(name) ?? {}
          return [name, { sent, failed, retried, waiting: waiting(name) }]
        }),
      ),
    waiting,
    outbox: outbox.latest,
    tell(name, message) {
      channels.find(name)
      if (outbox.count(name, 'waiting') >= MOST_WAITING)
        throw new NetscopeError('channel.full', { name, limit: MOST_WAITING })
      outbox.put({
        ...{ id: randomUUID(), channel: name, state: 'waiting' },
        notice: messageNotice({ kind: 'message', ...message }),
        ...{ createdAtMs: now(), dueMs: now(), attempts: 0, error: '', doneAtMs: 0 },
      })
    },
    test: (channel, by) =>
      sender.attempt(channel, {
        id: randomUUID(),
        notice: messageNotice({
          ...{ kind: 'test', label: 'info', url: config.publicUrl },
          title: 'A test of NetScope',
          text: `${by} has tried whether alerts arrive here.`,
        }),
      }),
    remove(name) {
      const channel = channels.remove(name)
      outbox.remove(name)
      return channel
    },
    look,
    settled: sender.idle,
    start() {
      unwatch = alerts.watch((_alert, row) => gatherer.take(row))
      // What was kept when the server ended, but not told of.
      for (const id of outbox.untold()) {
        const stored = alertStore.find(id)
        if (stored) gatherer.take(alerts.rowOf(stored))
      }
      trim()
      timers = [setInterval(look, LOOK_MS), setInterval(trim, TRIM_MS)]
    },
    async stop() {
      unwatch?.()
      timers.forEach(clearInterval)
      gatherer.flush()
      await Promise.race([sender.idle(), setTimeout(STOP_WITHIN_MS, undefined, { ref: false })])
    },
  }
}
