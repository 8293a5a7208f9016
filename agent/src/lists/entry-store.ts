/**
 * The entries of one list in columns: about 70 bytes each, so that 1,000,000 take 70 MB and no garbage
 * collector's time. Rows keep their number while the entry lives; their order is that of insertion.
 */
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListEntry } from '@netscope/core/wire.ts'
import { createPrefixIndex, PREFIX_WORDS } from './prefix-index.ts'
import { createStringPool, type StringPool } from './string-pool.ts'

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
  /** The PREFIX_BYTES of a row, in place: valid until the next put. */
  prefix(row: number): Uint8Array
  /** Text ids of a row: reason, origin, author. */
  textIds(row: number): [number, number, number]
  readonly texts: StringPool
  /** Rows of all entries, oldest first. */
  rows(): Int32Array
  /** Rows of `limit` entries, newest first, after `offset` newer ones. */
  newest(offset: number, limit: number): number[]
}

const NONE = -1
const FREE = -2

export const createEntryStore = (): EntryStore => {
  const index = createPrefixIndex()
  const texts = createStringPool()
  let capacity = 0
  let prefixes = new Uint32Array(0)
  let prefixBytes = new Uint8Array(0)
  /** reason, origin, author */
  let textIds = new Uint32Array(0)
  /** created, expires */
  let times = new Float64Array(0)
  let older = new Int32Array(0)
  let newer = new Int32Array(0)
  let [first, last, firstFree, used, size] = [NONE, NONE, NONE, 0, 0]

  const rows = (): Int32Array => {
    const all = new Int32Array(size)
    for (let row = first, i = 0; row !== NONE; row = newer[row]!) all[i++] = row
    return all
  }

  const grow = (): void => {
    const live = rows()
    capacity = Math.max(256, capacity * 2)
    prefixes = enlarge(prefixes, new Uint32Array(capacity * PREFIX_WORDS))
    prefixBytes = new Uint8Array(prefixes.buffer)
    textIds = enlarge(textIds, new Uint32Array(capacity * 3))
    times = enlarge(times, new Float64Array(capacity * 2))
    older = enlarge(older, new Int32Array(capacity))
    newer = enlarge(newer, new Int32Array(capacity))
    index.rebuild(prefixes, capacity, live)
  }

  const newRow = (words: Uint32Array, at: number): number => {
    if (firstFree === NONE && used === capacity) grow()
    const row = firstFree === NONE ? used++ : firstFree
    if (row === firstFree) firstFree = newer[row]!
    for (let i = 0; i < PREFIX_WORDS; i++) prefixes[row * PREFIX_WORDS + i] = words[at + i]!
    older[row] = last
    newer[row] = NONE
    if (last === NONE) first = row
    else newer[last] = row
    last = row
    size++
    index.add(row)
    return row
  }

  const setFields = (row: number, fields: EntryFields): void => {
    textIds[row * 3] = texts.take(fields.reason)
    textIds[row * 3 + 1] = texts.take(fields.origin)
    textIds[row * 3 + 2] = texts.take(fields.author)
    times[row * 2] = fields.createdAtMs
    times[row * 2 + 1] = fields.expiresAtMs
  }

  const releaseTexts = (row: number): void => {
    for (let i = 0; i < 3; i++) texts.release(textIds[row * 3 + i]!)
  }

  const unlink = (row: number): void => {
    const [before, after] = [older[row]!, newer[row]!]
    if (before === NONE) first = after
    else newer[before] = after
    if (after === NONE) last = before
    else older[after] = before
  }

  return {
    texts,
    size: () => size,
    find: (words, at) => (size === 0 ? NONE : index.find(words, at)),
    put: (words, at, fields) => {
      const known = size === 0 ? NONE : index.find(words, at)
      if (known !== NONE) releaseTexts(known)
      const row = known === NONE ? newRow(words, at) : known
      setFields(row, fields)
      return row
    },
    delete: (row) => {
      index.remove(row)
      releaseTexts(row)
      unlink(row)
      older[row] = FREE
      newer[row] = firstFree
      firstFree = row
      size--
    },
    entry: (row) => ({
      prefix: formatPrefix(prefixBytes, row * PREFIX_BYTES),
      reason: texts.text(textIds[row * 3]!),
      origin: texts.text(textIds[row * 3 + 1]!),
      author: texts.text(textIds[row * 3 + 2]!),
      createdAtMs: times[row * 2]!,
      expiresAtMs: times[row * 2 + 1]!,
    }),
    createdAtMs: (row) => times[row * 2]!,
    expiresAtMs: (row) => times[row * 2 + 1]!,
    isLive: (row) => row < used && older[row] !== FREE,
    prefix: (row) => prefixBytes.subarray(row * PREFIX_BYTES, (row + 1) * PREFIX_BYTES),
    textIds: (row) => [textIds[row * 3]!, textIds[row * 3 + 1]!, textIds[row * 3 + 2]!],
    rows,
    newest: (offset, limit) => {
      const page: number[] = []
      let row = last
      for (let i = 0; i < offset && row !== NONE; i++) row = older[row]!
      for (; page.length < limit && row !== NONE; row = older[row]!) page.push(row)
      return page
    },
  }
}

const enlarge = <A extends Uint32Array | Int32Array | Float64Array>(from: A, to: A): A => {
  to.set(from)
  return to
}
