/** The lists that agents are to have in force, in the server's state: the one place where they are kept. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import type { ListEntry, ListGroup, ListName, ListsRevision } from '@netscope/core/wire.ts'
import type { State } from '../state/open-state.ts'

/** An entry, and the agent that it is for; empty: all. */
export interface DesiredEntry extends ListEntry {
  agent: string
}

export interface ListPage {
  total: number
  entries: DesiredEntry[]
}

export interface DesiredLists {
  state(): ListsRevision
  /** Adds or replaces; an entry that is there keeps when it was created. Returns the new revision. */
  add(list: ListName, entries: readonly DesiredEntry[]): ListsRevision
  /** Whoever they are for, unless `agent` says; what was removed. Without any, the revision stays. */
  remove(list: ListName, prefixes: readonly string[], agent?: string): DesiredEntry[]
  /** Both at once, of what is for all agents; the new revision. Prefixes in the order of their text cost a fifth. */
  change(
    list: ListName,
    change: { add: ListGroup | undefined; remove: readonly string[] },
  ): ListsRevision
  /** Agents that have an entry of their own, by its prefix, of those prefixes that have any. */
  ownersOf(list: ListName, prefixes: readonly string[]): Map<string, ReadonlySet<string>>
  /** Prefixes of the list that are for all agents, by where they come from. */
  origins(list: ListName): Map<string, string[]>
  /** What is there of this very prefix, for whichever agent, also what has just expired. */
  entriesOf(list: ListName, prefix: string): DesiredEntry[]
  /** What an agent is to have, those for all and its own, oldest first, in pages. */
  pagesFor(agent: string): Iterable<{ list: ListName; entries: ListEntry[] }>
  /** Newest first. `match`: part of any text of the entry, any case, or an address that its prefix holds. */
  find(list: ListName, page: { offset: number; limit: number; match: string }): ListPage
}

const PAGE = 4096
const LISTS: readonly ListName[] = ['allow', 'deny']
const COLUMNS = 'prefix, agent, reason, origin, author, created_at_ms, expires_at_ms'
const ALIVE = '(expires_at_ms = 0 OR expires_at_ms > ?)'

/** `now` is milliseconds since 1970. */
export const createDesiredLists = ({
  state: { db, transaction },
  now,
}: {
  state: State
  now(): number
}): DesiredLists => {
  const state = (): ListsRevision => {
    const row = db.prepare('SELECT server, revision FROM desired_state').get()
    return { server: String(row?.['server']), revision: Number(row?.['revision']) }
  }

  const advance = (): ListsRevision => {
    db.exec('UPDATE desired_state SET revision = revision + 1')
    return state()
  }

  const purge = (): void => {
    db.prepare(`DELETE FROM desired_entries WHERE NOT ${ALIVE}`).run(now())
  }

  const put = db.prepare(
    'INSERT INTO desired_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ' +
      'reason = excluded.reason, origin = excluded.origin, author = excluded.author, ' +
      'expires_at_ms = excluded.expires_at_ms',
  )

  const rowsOf = (list: ListName): DesiredEntry[] =>
    db
      .prepare(
        `SELECT ${COLUMNS} FROM desired_entries WHERE list = ? AND ${ALIVE} ORDER BY created_at_ms DESC, prefix`,
      )
      .all(list, now())
      .map(entryOf)

  // One statement for thousands: binding the values of each costs more than SQLite's own work.
  const EACH = 'SELECT value FROM json_each(?)'
  const takeOut = db.prepare(
    `DELETE FROM desired_entries WHERE list = ? AND agent = '' AND prefix IN (${EACH})`,
  )
  const putGroup = db.prepare(
    "INSERT INTO desired_entries SELECT ?, value, '', ?, ?, ?, ?, ? FROM json_each(?) WHERE true " +
      'ON CONFLICT DO UPDATE SET reason = excluded.reason, origin = excluded.origin, ' +
      'author = excluded.author, expires_at_ms = excluded.expires_at_ms',
  )
  const byOrigin = db.prepare(
    `SELECT origin, json_group_array(prefix) AS prefixes FROM desired_entries WHERE list = ? AND agent = '' AND ${ALIVE} GROUP BY origin`,
  )
  const owners = db.prepare(
    `SELECT prefix, agent FROM desired_entries WHERE list = ? AND agent <> '' AND ${ALIVE} AND prefix IN (${EACH})`,
  )
  const ofPrefix = db.prepare(
    `SELECT ${COLUMNS} FROM desired_entries WHERE list = ? AND prefix = ? ORDER BY agent`,
  )
  const putAll = (list: ListName, entries: readonly DesiredEntry[]): void => {
    for (const of of entries)
      put.run(
        ...[list, of.prefix, of.agent, of.reason, of.origin, of.author],
        ...[of.createdAtMs, of.expiresAtMs],
      )
  }

  return {
    state,
    add: (list, entries) =>
      transaction(() => {
        purge()
        putAll(list, entries)
        return advance()
      }),
    change: (list, { add, remove }) =>
      transaction(() => {
        if (add)
          putGroup.run(
            ...[list, add.reason, add.origin, add.author],
            ...[now(), add.expiresAtMs, JSON.stringify(add.prefixes)],
          )
        if (remove.length > 0) takeOut.run(list, JSON.stringify(remove))
        return advance()
      }),
    ownersOf(list, prefixes) {
      const found = new Map<string, Set<string>>()
      for (const row of owners.iterate(list, now(), JSON.stringify(prefixes))) {
        const prefix = String(row['prefix'])
        const of = found.get(prefix)
        if (of) of.add(String(row['agent']))
        else found.set(prefix, new Set([String(row['agent'])]))
      }
      return found
    },
    origins(list) {
      // One text for each origin: an object for each of 100,000 rows takes ten times as long.
      const rows = byOrigin.all(list, now())
      return new Map(
        rows.map((row) => [String(row['origin']), JSON.parse(String(row['prefixes'])) as string[]]),
      )
    },
    remove: (list, prefixes, agent) =>
      transaction(() => {
        const removed = prefixes.flatMap((prefix) =>
          db
            .prepare(
              `DELETE FROM desired_entries WHERE list = ? AND prefix = ? AND (? IS NULL OR agent = ?) RETURNING ${COLUMNS}`,
            )
            .all(list, prefix, agent ?? null, agent ?? null)
            .map(entryOf),
        )
        if (removed.length > 0) advance()
        return removed
      }),
    entriesOf: (list, prefix) => ofPrefix.all(list, prefix).map(entryOf),
    *pagesFor(agent) {
      for (const list of LISTS) {
        let [after, found] = ['', PAGE]
        while (found === PAGE) {
          // Of a prefix that is there twice, that of the agent itself counts: it sorts behind.
          const rows = db
            .prepare(
              `SELECT ${COLUMNS} FROM desired_entries WHERE list = ? AND agent IN ('', ?) AND ${ALIVE} AND prefix > ? ORDER BY prefix, agent LIMIT ?`,
            )
            .all(list, agent, now(), after, PAGE)
            .map(entryOf)
          found = rows.length
          // The last prefix of a whole page may go on in the next one.
          const last = rows.at(-1)?.prefix
          const whole = found === PAGE ? rows.filter(({ prefix }) => prefix !== last) : rows
          after = whole.at(-1)?.prefix ?? after
          yield { list, entries: whole.map(({ agent: _for, ...entry }) => entry) }
        }
      }
    },
    find: (list, { offset, limit, match }) => {
      const rows = rowsOf(list).filter(matcher(match))
      return { total: rows.length, entries: rows.slice(offset, offset + limit) }
    },
  }
}

const entryOf = (row: Record<string, unknown>): DesiredEntry => ({
  prefix: String(row['prefix']),
  agent: String(row['agent']),
  reason: String(row['reason']),
  origin: String(row['origin']),
  author: String(row['author']),
  createdAtMs: Number(row['created_at_ms']),
  expiresAtMs: Number(row['expires_at_ms']),
})

const matcher = (match: string): ((entry: DesiredEntry) => boolean) => {
  if (match === '') return () => true
  const part = match.toLowerCase()
  const holds = holderOf(match)
  return ({ prefix, reason, origin, author, agent }) =>
    [prefix, reason, origin, author, agent].some((text) => text.toLowerCase().includes(part)) ||
    holds(prefix)
}

/** Whether a prefix holds the address or prefix that `match` is. */
const holderOf = (match: string): ((prefix: string) => boolean) => {
  try {
    const wanted = parsePrefix(match)
    const view = new DataView(wanted.addr.buffer, wanted.addr.byteOffset, 16)
    return (text) => {
      const prefix = parsePrefix(text)
      return prefix.length <= wanted.length && prefixTest(prefix)(view, 0)
    }
  } catch {
    return () => false
  }
}
