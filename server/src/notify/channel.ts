/** What a channel is, and what a kind of channel does. A new kind is a file in channels/ and a line in channel-kinds.ts. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Static, TObject } from 'typebox'
import { Errors } from 'typebox/value'
import { explained } from '../outgoing/explained.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { inWords } from '../declared/pattern-words.ts'
import type { Notice } from './notice.ts'
import type { ChannelRules } from './rules.ts'

/** What became of an attempt. */
export type Outcome =
  /** The next one no sooner than after `afterMs`, as the provider asks; `warning`: it did not reach everybody. */
  | { kind: 'sent'; afterMs?: number | undefined; warning?: string }
  /** Later it may work; `afterMs` is what the provider asks for. */
  | { kind: 'later'; reason: string; afterMs?: number | undefined }
  /** This message won't be taken, others may. */
  | { kind: 'refused'; reason: string }
  /** It won't work until somebody changes the channel. */
  | { kind: 'broken'; reason: string }

export interface SendDeps {
  outgoing: Outgoing
  /** Milliseconds since 1970. */
  now(): number
}

/** A message: the same id when it is sent again. */
export interface Message {
  id: string
  notice: Notice
}

export type Settings = Readonly<Record<string, unknown>>

export interface ChannelKind {
  kind: string
  /** In a sentence. */
  description: string
  settings: TObject
  /** Settings that are never shown; each may be `file:PATH` or `env:NAME`. */
  secrets: readonly string[]
  /** Between two messages, however fast they come. */
  gapMs?: number
  /** What is wrong beyond the schema. */
  problemOf(settings: Settings): string | undefined
  /** Whom it reaches, without secrets: a host, an address. */
  targetOf(settings: Settings): string
  /** Secrets are read already. Never rejects. */
  send(settings: Settings, message: Message, deps: SendDeps): Promise<Outcome>
}

export interface Channel {
  name: string
  kind: ChannelKind
  settings: Settings
  rules: ChannelRules
  /** `file`: declared in notify.channelsFile; `config`: by keys of the configuration. Changed there only. */
  origin: 'api' | 'file' | 'config'
  /** Who made it, or where it is declared. */
  author: string
  createdAtMs: number
}

interface TypedKind<S extends TObject> {
  kind: string
  description: string
  settings: S
  secrets: readonly (keyof Static<S> & string)[]
  gapMs?: number
  problemOf?(settings: Static<S>): string | undefined
  targetOf(settings: Static<S>): string
  send(settings: Static<S>, message: Message, deps: SendDeps): Promise<Outcome>
}

/** Settings are checked by the schema before they come here. */
export const channelKind = <S extends TObject>(of: TypedKind<S>): ChannelKind => ({
  ...of,
  problemOf: (settings) => of.problemOf?.(settings as Static<S>),
  targetOf: (settings) => of.targetOf(settings as Static<S>),
  async send(settings, message, deps) {
    try {
      return await of.send(settings as Static<S>, message, deps)
    } catch (error) {
      return failureOf(error)
    }
  },
})

/** Errors that no waiting helps against. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'outgoing.url',
  'outgoing.forbidden',
  'outgoing.redirected',
])

/** Of what was thrown on the way to the provider. */
export const failureOf = (error: unknown): Outcome => {
  const reason = explained(error)
  const isForGood = error instanceof NetscopeError && FOR_GOOD.has(error.code)
  return { kind: isForGood ? 'broken' : 'later', reason }
}

/** Throws `channel.invalid`. */
export const checkSettings = (kind: ChannelKind, settings: Settings): void => {
  const [first] = Errors(kind.settings, settings)
  const place = first && first.instancePath.slice(1).replaceAll('/', '.')
  const unknown = Object.keys(settings).find(
    (name) => !Object.hasOwn(kind.settings.properties, name),
  )
  const allowed = Object.keys(kind.settings.properties).join(', ')
  const reason = unknown
    ? `${JSON.stringify(unknown)} is no setting of ${kind.kind}; there are ${allowed}`
    : first
      ? `${place || kind.kind} ${inWords(first)}`
      : kind.problemOf(settings)
  if (reason) throw new NetscopeError('channel.invalid', { reason })
}
