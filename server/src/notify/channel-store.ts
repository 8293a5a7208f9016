/** Channels and how they are, in the server's state database. */
import type { State } from '../state/open-state.ts'
import type { Settings } from './channel.ts'
import type { ChannelRules } from './rules.ts'

export interface StoredChannel {
  name: string
  kind: string
  settings: Settings
  rules: ChannelRules
  author: string
  createdAtMs: number
}

export interface ChannelState {
  /** Why nothing is sent any more; empty: it is. */
  disabled: string
  disabledAtMs: number
  lastError: string
  lastErrorAtMs: number
  lastSentAtMs: number
  /** Messages of the day that ends then. */
  dayMs: number
  daySent: number
}

export const FRESH: ChannelState = {
  ...{ disabled: '', disabledAtMs: 0, lastError: '', lastErrorAtMs: 0 },
  ...{ lastSentAtMs: 0, dayMs: 0, daySent: 0 },
}

export interface ChannelStore {
  all(): StoredChannel[]
  put(channel: StoredChannel): void
  /** With its state. */
  remove(name: string): void
  stateOf(name: string): ChannelState
  setState(name: string, state: ChannelState): void
}

interface Row {
  name: string
  kind: string
  settings: string
  rules: string
  author: string
  created_at_ms: number
}

interface StateRow {
  disabled: string
  disabled_at_ms: number
  last_error: string
  last_error_at_ms: number
  last_sent_at_ms: number
  day_ms: number
  day_sent: number
}

export const createChannelStore = ({ db, transaction }: State): ChannelStore => {
  const all = db.prepare('SELECT * FROM channels ORDER BY name')
  const put = db.prepare('INSERT OR REPLACE INTO channels VALUES (?, ?, ?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM channels WHERE name = ?')
  const dropState = db.prepare('DELETE FROM channel_states WHERE channel = ?')
  const state = db.prepare('SELECT * FROM channel_states WHERE channel = ?')
  const putState = db.prepare(
    'INSERT OR REPLACE INTO channel_states VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  return {
    all: () =>
      (all.all() as unknown as Row[]).map(({ created_at_ms: createdAtMs, ...row }) => ({
        ...{ name: row.name, kind: row.kind, author: row.author, createdAtMs },
        settings: JSON.parse(row.settings) as Settings,
        rules: JSON.parse(row.rules) as ChannelRules,
      })),
    put: ({ name, kind, settings, rules, author, createdAtMs }) =>
      void put.run(
        name,
        kind,
        JSON.stringify(settings),
        JSON.stringify(rules),
        author,
        createdAtMs,
      ),
    remove: (name) =>
      transaction(() => {
        drop.run(name)
        dropState.run(name)
      }),
    stateOf(name) {
      const row = state.get(name) as unknown as StateRow | undefined
      if (!row) return FRESH
      return {
        ...{ disabled: row.disabled, disabledAtMs: row.disabled_at_ms },
        ...{ lastError: row.last_error, lastErrorAtMs: row.last_error_at_ms },
        ...{ lastSentAtMs: row.last_sent_at_ms, dayMs: row.day_ms, daySent: row.day_sent },
      }
    },
    setState: (name, of) =>
      void putState.run(
        ...[name, of.disabled, of.disabledAtMs, of.lastError, of.lastErrorAtMs],
        ...[of.lastSentAtMs, of.dayMs, of.daySent],
      ),
  }
}
