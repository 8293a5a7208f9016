/** Sends what is due, one message of a channel after the other, and again until it is taken. */
import type { Logger } from 'pino'
import { createHider } from '../declared/hide-secrets.ts'
import { readSecretText } from '../declared/secret-text.ts'
import { hidingOutgoing } from '../outgoing/hiding-outgoing.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { Channel, Message, Outcome, Settings } from './channel.ts'
import { failureOf } from './channel.ts'
import type { ChannelStates } from './channel-states.ts'
import { heldUntilMs, isQuietFor } from './due.ts'
import type { Notice } from './notice.ts'
import type { OutboxEntry, OutboxStore } from './outbox-store.ts'

export interface SenderDeps {
  outbox: OutboxStore
  states: ChannelStates
  channels(): readonly Channel[]
  outgoing: Outgoing
  /** Where a person decides about an action. */
  linkOf?(action: string): string
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 to 1. */
  random(): number
  log: Pick<Logger, 'warn' | 'info'>
}

export interface Sender {
  /** By channel. */
  readonly counts: Map<string, { sent: number; failed: number; retried: number }>
  /** Sends what is due now. */
  look(): void
  /** At once and past the outbox: to try a channel. */
  attempt(channel: Channel, message: Message): Promise<Outcome>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

const FIRST_RETRY_MS = 5000
const LAST_RETRY_MS = 3_600_000
const GIVE_UP_MS = 3 * 86_400_000
/** Messages in a row that were refused: then it is the channel. */
const MAX_REFUSED = 5

/** Doubled each time, and a quarter of it by chance, so that not all come back at once. */
export const backoffMs = (attempts: number, random: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, attempts - 1)) * (0.75 + random / 4)

/** Secrets of the settings as they are; throws where one can't be read. */
const readSettings = ({ kind, settings }: Channel): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      kind.secrets.includes(name) && typeof value === 'string' ? readSecretText(value) : value,
    ]),
  )

const textAt = (settings: Settings, name: string): string => {
  const value = settings[name]
  return typeof value === 'string' ? value : ''
}

/** Also as they go together at a log-in (RFC 4616, RFC 7617): a provider may say in its answer what it was sent. */
const secretsOf = ({ kind }: Channel, settings: Settings): string[] => {
  const [user, password] = [textAt(settings, 'user'), textAt(settings, 'password')]
  const together = user && password ? [`\0${user}\0${password}`, `${user}:${password}`] : []
  return [...kind.secrets.map((name) => textAt(settings, name)), ...together]
}

const withWords = (outcome: Outcome, hide: (words: string) => string): Outcome => {
  if (outcome.kind !== 'sent') return { ...outcome, reason: hide(outcome.reason) }
  return outcome.warning === undefined ? outcome : { ...outcome, warning: hide(outcome.warning) }
}

export const createSender = (deps: SenderDeps): Sender => {
  const { outbox, states, outgoing, now, random, log } = deps
  const counts: Sender['counts'] = new Map()
  const busy = new Map<string, Promise<void>>()
  const refused = new Map<string, number>()
  /** When a provider that has taken a message takes the next one. */
  const freeMs = new Map<string, number>()

  const countsOf = (name: string) => {
    const known = counts.get(name) ?? { sent: 0, failed: 0, retried: 0 }
    counts.set(name, known)
    return known
  }

  /** Another one each time: the first that is used decides. */
  const withLink = (notice: Notice): Notice =>
    notice.asks === undefined ? notice : { ...notice, url: deps.linkOf?.(notice.asks) ?? '' }

  const attempt = async (channel: Channel, message: Message): Promise<Outcome> => {
    try {
      const settings = readSettings(channel)
      const hide = createHider(secretsOf(channel, settings))
      const hiding = hidingOutgoing(outgoing, hide)
      const sent = { ...message, notice: withLink(message.notice) }
      return withWords(await channel.kind.send(settings, sent, { outgoing: hiding, now }), hide)
    } catch (error) {
      return failureOf(error)
    }
  }

  /** What is due of a channel now, closed for more alerts. */
  const nextOf = (channel: Channel): OutboxEntry | undefined => {
    const nowMs = now()
    const waiting = outbox.waiting(channel.name)
    if (waiting && waiting.dueMs > nowMs) return undefined
    if (waiting && !isQuietFor(channel.rules, waiting.notice, nowMs)) return waiting
    // What waits for the end of quiet hours keeps nothing urgent from being told.
    const urgent = waiting && outbox.waitingUrgent(channel.name)
    if (urgent) return urgent.dueMs <= nowMs ? urgent : undefined
    const gathered = outbox.gathering(channel.name)
    if (!gathered || gathered.dueMs > nowMs) return undefined
    const sentToday = states.sentToday(channel)
    const due = heldUntilMs(channel.rules, gathered.notice, nowMs, { nowMs, sentToday })
    if (due > nowMs) {
      outbox.put({ ...gathered, dueMs: due })
      return undefined
    }
    return { ...gathered, state: 'waiting' }
  }

  const settle = (channel: Channel, entry: OutboxEntry, outcome: Outcome): void => {
    const nowMs = now()
    const count = countsOf(channel.name)
    const { name } = channel
    if (outcome.kind === 'sent') {
      count.sent++
      refused.delete(name)
      freeMs.set(name, nowMs + Math.max(channel.kind.gapMs ?? 0, outcome.afterMs ?? 0))
      outbox.put({ ...entry, state: 'sent', error: '', doneAtMs: nowMs })
      const { warning = '' } = outcome
      if (warning) log.warn({ channel: name, message: entry.id, warning }, 'not told everybody')
      return states.sent(channel, warning)
    }
    const { reason } = outcome
    log.warn({ channel: name, message: entry.id, outcome: outcome.kind, reason }, 'not notified')
    const isOld = nowMs - entry.createdAtMs > GIVE_UP_MS
    if (outcome.kind === 'refused' || (outcome.kind === 'later' && isOld)) {
      count.failed++
      outbox.put({ ...entry, state: 'failed', error: reason, doneAtMs: nowMs })
      const inARow = (refused.get(name) ?? 0) + 1
      refused.set(name, inARow)
      return inARow >= MAX_REFUSED ? states.disable(name, reason) : states.failed(name, reason)
    }
    // What is broken is sent once somebody has mended it and switched it on.
    const wait =
      outcome.kind === 'broken' ? 0 : outcome.afterMs || backoffMs(entry.attempts, random())
    outbox.put({ ...entry, error: reason, dueMs: nowMs + wait })
    if (outcome.kind === 'later') {
      count.retried++
      return states.failed(name, reason)
    }
    count.failed++
    states.disable(name, reason)
  }

  const send = async (channel: Channel, entry: OutboxEntry): Promise<void> => {
    const begun = { ...entry, attempts: entry.attempts + 1 }
    // Before it is sent: after a crash it is known that it may have been, and it goes by the same id.
    outbox.put(begun)
    settle(channel, begun, await attempt(channel, begun))
  }

  const look = (): void => {
    for (const channel of deps.channels()) {
      if (busy.has(channel.name) || states.of(channel.name).disabled) continue
      if (now() < (freeMs.get(channel.name) ?? 0)) continue
      const next = nextOf(channel)
      if (!next) continue
      const work = send(channel, next)
        .catch((err: unknown) => log.warn({ err, channel: channel.name }, 'the outbox failed'))
        .finally(() => busy.delete(channel.name))
      busy.set(channel.name, work)
    }
  }

  return {
    counts,
    look,
    attempt,
    async idle() {
      while (busy.size > 0) await Promise.all(busy.values())
    },
  }
}
