/**
 * The entries of one list in columns: about 70 bytes each, so that 1,000,000 take 70 MB and none of the
 * garbage collector's time. A row keeps its number while its entry lives; the order is that of insertion.
 */
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListEntry } from '@netscope/core/wire.ts'
import { FREE, newEntryPage, NONE, pageOf, placeOf, type EntryPage } from './entry-page.ts'
import { createPrefixIndex, PREFIX_WORDS } from './prefix-index.ts'
import { createStringPool } from './string-pool.ts'

export type EntryFields = Omit<ListEntry, 'prefix'>

export interface EntryStore {
  size(): number
  /** Row of the prefix at `words[at]` (core/src/prefix.ts, as u32 words), or -1. */
  find(words: Uint32Array, at: number): number
  /** Adds the prefix, or replaces the fields of the entry that it has; returns the row. */
  put(words: Uint32Array, at: number, fields: EntryFields): number
  delete(row: number): void
  entry(row: number): ListEntry
  expiresAtMs(row: number): number
  createdAtMs(row: number): number
  isLive(row: number): boolean
  /** The PREFIX_BYTES of a row, in place: valid while the entry lives. */
  prefix(row: number): Uint8Array
  /** Whether reason, origin or author pass the test. */
  someText(row: number, test: (text: string) => boolean): boolean
  /** Rows of all entries, oldest first. */
  rows(): Int32Array
  /** Rows of `limit` entries, newest first, after `offset` newer ones. */
  newest(offset: number, limit: number): number[]
}

export const createEntryStore = (): EntryStore => {
  const texts = createStringPool()
  const pages: EntryPage[] = []
  const page = (row: number) => pages[pageOf(row)]!
  const prefixAt = (row: number) => placeOf(row) * PREFIX_WORDS
  const index = createPrefixIndex({ words: (row) => page(row).prefixes, at: prefixAt })
  let [first, last, firstFree, used, size] = [NONE, NONE, NONE, 0, 0]

  const older = (row: number) => page(row).older[placeOf(row)]!
  const newer = (row: number) => page(row).newer[placeOf(row)]!
  const link = (before: number, after: number): void => {
    if (before === NONE) first = after
    else page(before).newer[placeOf(before)] = after
    if (after === NONE) last = before
    else page(after).older[placeOf(after)] = before
  }

  const takeRow = (): number => {
    if (firstFree !== NONE) {
      const row = firstFree
      firstFree = newer(row)
      return row
    }
    if (pageOf(used) === pages.length) pages.push(newEntryPage())
    return used++
  }

  const newRow = (words: Uint32Array, at: number): number => {
    const row = takeRow()
    const { prefixes } = page(row)
    for (let i = 0; i < PREFIX_WORDS; i++) prefixes[prefixAt(row) + i] = words[at + i]!
    link(last, row)
    link(row, NONE)
    size++
    index.add(row)
    return row
  }

  const setFields = (row: number, fields: EntryFields): void => {
    const { texts: ids, times } = page(row)
    const at = placeOf(row)
    ids[at * 3] = texts.take(fields.reason)
    ids[at * 3 + 1] = texts.take(fields.origin)
    ids[at * 3 + 2] = texts.take(fields.author)
    times[at * 2] = fields.createdAtMs
    times[at * 2 + 1] = fields.expiresAtMs
  }

  /** `which`: 0 reason, 1 origin, 2 author. */
  const textId = (row: number, which: number) => page(row).texts[placeOf(row) * 3 + which]!
  const releaseTexts = (row: number): void => {
    for (let which = 0; which < 3; which++) texts.release(textId(row, which))
  }
  const createdAtMs = (row: number) => page(row).times[placeOf(row) * 2]!
  const expiresAtMs = (row: number) => page(row).times[placeOf(row) * 2 + 1]!

  return {
    size: () => size,
    find: index.find,
    put: (words, at, fields) => {
      const known = index.find(words, at)
      if (known !== NONE) releaseTexts(known)
      const row = known === NONE ? newRow(words, at) : known
      setFields(row, fields)
      return row
    },
    delete: (row) => {
      index.remove(row)
      releaseTexts(row)
      link(older(row), newer(row))
      page(row).older[placeOf(row)] = FREE
      page(row).newer[placeOf(row)] = firstFree
      firstFree = row
      size--
    },
    entry: (row) => ({
      prefix: formatPrefix(page(row).prefixBytes, placeOf(row) * PREFIX_BYTES),
      reason: texts.text(textId(row, 0)),
      origin: texts.text(textId(row, 1)),
      author: texts.text(textId(row, 2)),
      createdAtMs: createdAtMs(row),
      expiresAtMs: expiresAtMs(row),
    }),
    createdAtMs,
    expiresAtMs,
    isLive: (row) => row < used && older(row) !== FREE,
    prefix: (row) => {
      const from = placeOf(row) * PREFIX_BYTES
      return page(row).prefixBytes.subarray(from, from + PREFIX_BYTES)
    },
    someText: (row, test) => {
      for (let which = 0; which < 3; which++) {
        const id = textId(row, which)
        if (id !== 0 && test(texts.text(id))) return true
      }
      return false
    },
    rows: () => {
      const all = new Int32Array(size)
      for (let row = first, i = 0; row !== NONE; row = newer(row)) all[i++] = row
      return all
    },
    newest: (offset, limit) => {
      const rows: number[] = []
      let row = last
      for (let i = 0; i < offset && row !== NONE; i++) row = older(row)
      for (; rows.length < limit && row !== NONE; row = older(row)) rows.push(row)
      return rows
    },
  }
}
