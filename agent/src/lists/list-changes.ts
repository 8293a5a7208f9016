/** Changes of the lists: checked whole, made in the kernel and in memory in slices, then made durable. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import type { ListTable } from '../source.ts'
import type { EntryFields, EntryStore } from './entry-store.ts'
import { formatAdd, formatAddMany, formatRemove } from './journal-reader.ts'
import {
  checkEntry,
  checkGroup,
  newPrefixBuffer,
  prefixesOf,
  type Checked,
  type PrefixBuffer,
} from './list-entry.ts'
import { PREFIX_WORDS } from './prefix-index.ts'

export interface ListChangesDeps {
  stores: Record<ListName, EntryStore>
  table: ListTable
  /** Adds or replaces an entry in memory; returns its row. */
  put(list: ListName, prefixes: PrefixBuffer, i: number, fields: EntryFields): number
  /** Takes entries out of the kernel and of memory. */
  removeRows(list: ListName, rows: readonly number[]): void
  record(lines: string): Promise<void>
  now(): number
}

/** Entries changed at a time, before others get their turn. */
const AT_ONCE = 1024
/** Entries that the answer to an add names. */
const MAX_ANSWERED = 1000

export const createListChanges = (deps: ListChangesDeps) => {
  const { stores, table } = deps

  const check = (list: ListName, entries: readonly unknown[]) => {
    const counts = entries.map((entry) => prefixesOf(entry)?.length ?? 1)
    const count = counts.reduce((sum, of) => sum + of, 0)
    const prefixes = newPrefixBuffer(count)
    const nowMs = deps.now()
    /** Those of a group are one object. */
    const fields: EntryFields[] = []
    for (const [i, entry] of entries.entries()) {
      if (counts[i] === 0) continue
      const group = prefixesOf(entry)
      const at = fields.length
      const checked = whole(
        group
          ? checkGroup(entry as object, group, list, nowMs, prefixes, at)
          : checkEntry(entry, list, nowMs, prefixes, at),
      )
      const own = { ...checked, createdAtMs: nowMs }
      for (let k = 0; k < counts[i]!; k++) fields.push(own)
    }
    return { prefixes, fields, count }
  }

  const requireRoom = (list: ListName, prefixes: PrefixBuffer, count: number): void => {
    let size = stores[list].size()
    for (let i = 0; i < count; i++)
      if (stores[list].find(prefixes.words, i * PREFIX_WORDS) < 0) size++
    if (size > table.capacity)
      throw new NetscopeError('list.full', { list, capacity: table.capacity })
  }

  /** Puts entries [from, to) in force; which are new comes into `added`. Returns their journal lines. */
  const addSlice = (
    list: ListName,
    checked: ReturnType<typeof check>,
    from: number,
    to: number,
    added: number[],
  ): string => {
    const store = stores[list]
    const { prefixes, fields } = checked
    const fresh = new Uint8Array((to - from) * PREFIX_BYTES)
    let count = 0
    let lines = ''
    /** Of `of`, not in `lines` yet. */
    let alike: string[] = []
    let of = fields[from]
    const writeAlike = (): void => {
      if (of && alike.length > 0) lines += formatAddMany(list, alike, of)
      alike = []
    }
    for (let i = from; i < to; i++) {
      const known = store.find(prefixes.words, i * PREFIX_WORDS)
      if (known >= 0) {
        // It may be known from this slice: its line must stand behind that one.
        writeAlike()
        const createdAtMs = store.createdAtMs(known)
        lines += formatAdd(
          list,
          store.entry(deps.put(list, prefixes, i, { ...fields[i]!, createdAtMs })),
        )
        continue
      }
      const row = deps.put(list, prefixes, i, fields[i]!)
      if (fields[i] !== of) {
        writeAlike()
        of = fields[i]
      }
      alike.push(formatPrefix(store.prefix(row), 0))
      added.push(i)
      fresh.set(store.prefix(row), count++ * PREFIX_BYTES)
    }
    writeAlike()
    if (count > 0) table.add(list, fresh, count)
    return lines
  }

  const textsOf = (list: ListName, rows: readonly number[]): string[] =>
    rows.map((row) => formatPrefix(stores[list].prefix(row), 0))

  /** Looks the entries up again, because others may have removed some between the slices. */
  const undo = async (
    list: ListName,
    prefixes: PrefixBuffer,
    added: readonly number[],
    saved: Promise<void>[],
  ): Promise<void> => {
    const rows = added
      .map((i) => stores[list].find(prefixes.words, i * PREFIX_WORDS))
      .filter((row) => row >= 0)
    const lines = formatRemove(list, textsOf(list, rows))
    deps.removeRows(list, rows)
    await Promise.allSettled([...saved, deps.record(lines)])
  }

  const add = async (list: ListName, entries: readonly unknown[]) => {
    const checked = check(list, entries)
    requireRoom(list, checked.prefixes, checked.count)
    const added: number[] = []
    const saved: Promise<void>[] = []
    const answer: ListEntry[] = []
    for (let from = 0; from < checked.count; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, checked.count)
      try {
        saved.push(handled(deps.record(addSlice(list, checked, from, to, added))))
      } catch (error) {
        await undo(list, checked.prefixes, added, saved)
        throw error
      }
      for (let i = from; i < Math.min(to, MAX_ANSWERED); i++) {
        answer.push(stores[list].entry(stores[list].find(checked.prefixes.words, i * PREFIX_WORDS)))
      }
      if (to < checked.count) await nextTurn()
    }
    await Promise.all(saved)
    return { added: added.length, entries: answer }
  }

  const removeSlice = (
    list: ListName,
    prefixes: PrefixBuffer,
    from: number,
    to: number,
  ): { count: number; lines: string } => {
    const rows = new Set<number>()
    for (let i = from; i < to; i++) {
      const row = stores[list].find(prefixes.words, i * PREFIX_WORDS)
      if (row >= 0) rows.add(row)
    }
    const lines = formatRemove(list, textsOf(list, [...rows]))
    if (rows.size > 0) deps.removeRows(list, [...rows])
    return { count: rows.size, lines }
  }

  const remove = async (list: ListName, texts: readonly unknown[]) => {
    const prefixes = checkPrefixes(texts)
    const saved: Promise<void>[] = []
    let removed = 0
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, texts.length)
      const { count, lines } = removeSlice(list, prefixes, from, to)
      removed += count
      if (count > 0) saved.push(handled(deps.record(lines)))
      if (to < texts.length) await nextTurn()
    }
    await Promise.all(saved)
    return { removed }
  }

  return { add, remove }
}

const checkPrefixes = (texts: readonly unknown[]): PrefixBuffer => {
  const prefixes = newPrefixBuffer(texts.length)
  texts.forEach((text, i) => {
    // The allow list takes every prefix, and so an old one can always be removed.
    whole(checkEntry(text, 'allow', 0, prefixes, i))
  })
  return prefixes
}

const whole = (checked: Checked): EntryFields => {
  if (!('problem' in checked)) return checked
  throw new NetscopeError(checked.problem, { prefix: checked.prefix, reason: checked.reason })
}

/** The same promise; it is awaited later, and must not count as unhandled until then. */
const handled = (promise: Promise<void>): Promise<void> => {
  promise.catch(() => undefined)
  return promise
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
