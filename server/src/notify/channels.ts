/** The channels that there are: made over the API, or declared in a file. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Channel, ChannelKind, Settings } from './channel.ts'
import { checkSettings } from './channel.ts'
import { CHANNEL_KINDS } from './channel-kinds.ts'
import type { ChannelStore } from './channel-store.ts'
import { checkRules, DEFAULT_RULES } from './rules.ts'
import type { ChannelRules } from './rules.ts'

export interface NewChannel {
  name: string
  kind: string
  settings: Settings
  rules?: Partial<ChannelRules>
}

export interface Channels {
  all(): readonly Channel[]
  /** Throws `channel.unknown`. */
  find(name: string): Channel
  /** Throws `channel.exists`, `channel.kind`, `channel.invalid`, `channel.too-many` or `query.filter`. */
  add(channel: NewChannel, author: string): Channel
  /** What is not given stays; a secret that is given as it is shown does as well. */
  change(name: string, changes: { settings?: Settings; rules?: Partial<ChannelRules> }): Channel
  remove(name: string): Channel
}

/** What is shown instead of a secret. */
export const HIDDEN = '***'
const MAX_CHANNELS = 100

export const kindOf = (name: string): ChannelKind => {
  const kind = CHANNEL_KINDS.find(({ kind: of }) => of === name)
  if (kind) return kind
  const kinds = CHANNEL_KINDS.map(({ kind: of }) => of).join(', ')
  throw new NetscopeError('channel.kind', { kind: JSON.stringify(name), kinds })
}

/** Settings that were not given have their default. */
const withDefaults = (kind: ChannelKind, settings: Settings): Settings => {
  const defaults = Object.entries(kind.settings.properties).flatMap(([name, schema]) => {
    const value = (schema as { default?: unknown }).default
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(defaults), ...settings }
}

/** As it is used. Throws what `add` does. */
export const readChannel = (
  { name, kind, settings, rules }: NewChannel,
  rest: Pick<Channel, 'origin' | 'author' | 'createdAtMs'>,
): Channel => {
  const of = kindOf(kind)
  const channel = {
    ...{ name, kind: of, settings: withDefaults(of, settings) },
    ...{ rules: { ...DEFAULT_RULES, ...rules }, ...rest },
  }
  checkSettings(of, channel.settings)
  checkRules(channel.rules)
  return channel
}

/** For answers, the audit log and everything else that is read. */
export const shownSettings = ({ kind, settings }: Channel): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      kind.secrets.includes(name) ? HIDDEN : value,
    ]),
  )

export interface ChannelsDeps {
  store: Pick<ChannelStore, 'all' | 'put' | 'remove'>
  /** Milliseconds since 1970. */
  now(): number
  /** Of the file; they go before those of the same name that were made over the API. */
  declared: readonly Channel[]
}

export const createChannels = ({ store, now, declared }: ChannelsDeps): Channels => {
  const channels = new Map<string, Channel>()
  for (const { author, createdAtMs, ...channel } of store.all())
    channels.set(channel.name, {
      ...{ ...channel, kind: kindOf(channel.kind), origin: 'api', author, createdAtMs },
      // Rules that came with a later version.
      rules: { ...DEFAULT_RULES, ...channel.rules },
    })
  for (const channel of declared) channels.set(channel.name, channel)

  const find = (name: string): Channel => {
    const channel = channels.get(name)
    if (!channel) throw new NetscopeError('channel.unknown', { name })
    return channel
  }
  const findOwn = (name: string): Channel => {
    const channel = find(name)
    if (channel.origin === 'api') return channel
    throw new NetscopeError('channel.declared', { name, place: channel.author })
  }
  const keep = (channel: Channel): Channel => {
    store.put({ ...channel, kind: channel.kind.kind })
    channels.set(channel.name, channel)
    return channel
  }

  return {
    all: () => [...channels.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    find,
    add(channel, author) {
      if (channels.has(channel.name))
        throw new NetscopeError('channel.exists', { name: channel.name })
      if (channels.size >= MAX_CHANNELS)
        throw new NetscopeError('channel.too-many', { limit: MAX_CHANNELS })
      return keep(readChannel(channel, { origin: 'api', author, createdAtMs: now() }))
    },
    change(name, { settings = {}, rules }) {
      const before = findOwn(name)
      const given = Object.entries(settings).filter(
        ([key, value]) => !(value === HIDDEN && before.kind.secrets.includes(key)),
      )
      const { kind, origin, author, createdAtMs } = before
      return keep(
        readChannel(
          {
            ...{ name, kind: kind.kind, rules: { ...before.rules, ...rules } },
            settings: { ...before.settings, ...Object.fromEntries(given) },
          },
          { origin, author, createdAtMs },
        ),
      )
    },
    remove(name) {
      const channel = findOwn(name)
      store.remove(name)
      channels.delete(name)
      return channel
    },
  }
}
