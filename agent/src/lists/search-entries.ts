/** Searches a list, newest first, in slices, so that a million entries hold up nobody. */
import { encodePrefix, formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListEntry } from '@netscope/core/wire.ts'
import type { EntryStore } from './entry-store.ts'
import { newPrefixBuffer } from './list-entry.ts'

export interface Page {
  total: number
  entries: ListEntry[]
}

const SLICE_MS = 4
const ROWS_BETWEEN_CLOCKS = 512

/** Entries of which some text contains `match` in any case, or whose prefix holds the address `match`. */
export const searchEntries = async (
  store: EntryStore,
  offset: number,
  limit: number,
  match: string,
): Promise<Page> => {
  if (match === '')
    return { total: store.size(), entries: store.newest(offset, limit).map(store.entry) }
  const matches = createMatcher(store, match.toLowerCase())
  const entries: ListEntry[] = []
  let total = 0
  let sliceStart = performance.now()
  const rows = store.rows().toReversed()
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_BETWEEN_CLOCKS === 0 && performance.now() - sliceStart > SLICE_MS) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      sliceStart = performance.now()
    }
    // Rows that were removed meanwhile are no matter; a row that was taken again is one more entry.
    if (!store.isLive(row) || !matches(row)) continue
    if (total >= offset && entries.length < limit) entries.push(store.entry(row))
    total++
  }
  return { total, entries }
}

const createMatcher = (store: EntryStore, match: string): ((row: number) => boolean) => {
  const needle = newPrefixBuffer(1).bytes
  const isPrefix = encodePrefix(match, needle, 0) === undefined
  return (row) => {
    const prefix = store.prefix(row)
    if (isPrefix && holds(prefix, needle)) return true
    if (formatPrefix(prefix, 0).includes(match)) return true
    return store.someText(row, (text) => text.toLowerCase().includes(match))
  }
}

/** Whether every address of `needle` is one of `prefix`; PREFIX_BYTES each. */
const holds = (prefix: Uint8Array, needle: Uint8Array): boolean => {
  const length = prefix[0]!
  if (length > needle[0]!) return false
  const whole = 4 + (length >> 3)
  for (let i = 4; i < whole; i++) if (prefix[i] !== needle[i]) return false
  return (
    whole === PREFIX_BYTES ||
    ((prefix[whole]! ^ needle[whole]!) & (0xff00 >> (length & 7)) & 255) === 0
  )
}
