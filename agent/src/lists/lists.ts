/**
 * The deny and the allow list: in memory, in the kernel and on disk. A change is made in the kernel and in
 * memory at once, and answered when it is on disk as well.
 */
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import type { ListTable } from '../source.ts'
import { createEntryStore, type EntryFields, type EntryStore } from './entry-store.ts'
import { createExpiry } from './expiry.ts'
import { createListChanges } from './list-changes.ts'
import { checkEntry, newPrefixBuffer, type PrefixBuffer } from './list-entry.ts'
import { createListStorage, type ListStorageDeps } from './list-storage.ts'
import { PREFIX_WORDS } from './prefix-index.ts'
import { searchEntries } from './search-entries.ts'

export interface ListsDeps {
  table: ListTable
  now(): number
  log: ListStorageDeps['log']
}

export interface Lists {
  /** Reads the lists from disk; what was wrong is in degraded(). */
  load(): void
  /** Puts what was loaded in force. Call before packets are judged. */
  apply(): void
  /** Opens the journal and begins to remove what expires. */
  start(): Promise<void>
  stop(): Promise<void>
  /** All or nothing. Resolves when the kernel judges by them and they are on disk. */
  add(list: ListName, entries: readonly unknown[]): Promise<{ added: number; entries: ListEntry[] }>
  remove(list: ListName, prefixes: readonly unknown[]): Promise<{ removed: number }>
  /** Newest first. `match`: part of any text of the entry, any case, or an address that it holds. */
  get(
    list: ListName,
    offset: number,
    limit: number,
    match: string,
  ): Promise<{ total: number; entries: ListEntry[] }>
  sizes(): Record<ListName, { entries: number; capacity: number }>
  degraded(): string[]
}

const LIST_NAMES: readonly ListName[] = ['deny', 'allow']
/** Entries that are put in the kernel at a time at start. */
const APPLY_AT_ONCE = 65536

/** `path` is that of the base file, `lists.json`. */
export const createLists = (config: { path: string }, deps: ListsDeps): Lists => {
  const stores: Record<ListName, EntryStore> = {
    deny: createEntryStore(),
    allow: createEntryStore(),
  }
  const snapshot = (store: EntryStore) => ({
    rows: store.rows(),
    entry: (row: number) => (store.isLive(row) ? store.entry(row) : undefined),
  })
  const storage = createListStorage(config.path, {
    ...deps,
    snapshot: () => ({ deny: snapshot(stores.deny), allow: snapshot(stores.allow) }),
  })
  const expiry = createExpiry({
    now: deps.now,
    expiresAtMs: (list, row) => (stores[list].isLive(row) ? stores[list].expiresAtMs(row) : 0),
    remove: (list, rows) => removeRows(list, rows),
    size: (list) => stores[list].size(),
    rows: (list) => stores[list].rows(),
  })
  const damage: string[] = []
  const one = newPrefixBuffer(1)

  const put = (list: ListName, prefixes: PrefixBuffer, i: number, fields: EntryFields): number => {
    const row = stores[list].put(prefixes.words, i * PREFIX_WORDS, fields)
    if (fields.expiresAtMs > 0) expiry.watch(list, row, fields.expiresAtMs)
    return row
  }

  const removeRows = (list: ListName, rows: readonly number[]): void => {
    const store = stores[list]
    const prefixes = new Uint8Array(rows.length * PREFIX_BYTES)
    rows.forEach((row, i) => prefixes.set(store.prefix(row), i * PREFIX_BYTES))
    deps.table.remove(list, prefixes, rows.length)
    for (const row of rows) store.delete(row)
  }

  const load = (): void => {
    const nowMs = deps.now()
    const bad: string[] = []
    const drop = (list: ListName) => {
      const row = stores[list].find(one.words, 0)
      if (row >= 0) stores[list].delete(row)
    }
    const loadEntry = (list: ListName, value: unknown): void => {
      const fields = checkEntry(value, list, nowMs, one, 0)
      if ('problem' in fields) bad.push(`${fields.prefix} (${fields.reason})`)
      else if (fields.expiresAtMs > 0 && fields.expiresAtMs <= nowMs) drop(list)
      else put(list, one, 0, fields)
    }
    const problems = storage.load(loadEntry, (change, list, entry) => {
      if (change === 'add') loadEntry(list, entry)
      else if (!('problem' in checkEntry(entry, list, nowMs, one, 0))) drop(list)
    })
    damage.push(...problems)
    if (bad.length > 0) damage.push(describeBad(bad))
  }

  const applyOne = (list: ListName): void => {
    const rows = stores[list].rows().subarray(0, deps.table.capacity)
    const prefixes = new Uint8Array(Math.min(rows.length, APPLY_AT_ONCE) * PREFIX_BYTES)
    for (let from = 0; from < rows.length; from += APPLY_AT_ONCE) {
      const some = rows.subarray(from, from + APPLY_AT_ONCE)
      some.forEach((row, i) => prefixes.set(stores[list].prefix(row), i * PREFIX_BYTES))
      try {
        deps.table.add(list, prefixes, some.length)
      } catch (error) {
        const { message } = error as Error
        damage.push(`The ${list} list is in force only up to entry ${from}: ${message}`)
        return
      }
    }
  }

  const changes = createListChanges({ ...deps, stores, put, removeRows, record: storage.record })

  const degraded = (): string[] => {
    const tooLong = LIST_NAMES.filter((list) => stores[list].size() > deps.table.capacity).map(
      (list) =>
        `The ${list} list has ${stores[list].size()} entries, of which ${deps.table.capacity} are in force: raise lists.maxEntries and restart the agent.`,
    )
    const problem = storage.problem()
    const unsaved = problem === '' ? [] : [`Changes of the lists cannot be saved: ${problem}`]
    return [...damage, ...tooLong, ...unsaved]
  }

  return {
    ...changes,
    load,
    apply: () => LIST_NAMES.forEach(applyOne),
    degraded,
    start: async () => {
      await storage.start()
      expiry.start()
    },
    stop: async () => {
      expiry.stop()
      await storage.stop()
    },
    get: (list, offset, limit, match) => searchEntries(stores[list], offset, limit, match),
    sizes: () => {
      const { capacity } = deps.table
      return {
        deny: { entries: stores.deny.size(), capacity },
        allow: { entries: stores.allow.size(), capacity },
      }
    },
  }
}

const describeBad = (bad: readonly string[]): string => {
  const some = bad.slice(0, 5).join(', ')
  return `${bad.length} list entries on disk are wrong and not in force: ${some}${bad.length > 5 ? ', …' : ''}`
}
