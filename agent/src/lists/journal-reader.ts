/**
 * Lines of the journal: `{"do":"add","list":"deny","prefix":…}`, `{"do":"remove","list":"deny","prefix":…}`; of many entries
 * that differ in nothing else `prefixes` instead.
 */
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import { prefixesOf } from './list-entry.ts'
import { readTextLines } from './text-lines.ts'

/** A change as it stands in the journal; of `entry` only the list has been checked. */
export type OnChange = (change: 'add' | 'remove', list: ListName, entry: unknown) => void

export const formatAdd = (list: ListName, entry: ListEntry): string =>
  `${JSON.stringify({ do: 'add', list, ...entry })}\n`

export const formatAddMany = (
  list: ListName,
  prefixes: readonly string[],
  fields: Omit<ListEntry, 'prefix'>,
): string => `${JSON.stringify({ do: 'add', list, prefixes, ...fields })}\n`

export const formatRemove = (list: ListName, prefixes: readonly string[]): string =>
  prefixes.length === 0 ? '' : `${JSON.stringify({ do: 'remove', list, prefixes })}\n`

/**
 * Hands out every change in order. `length` is that of the whole lines: a torn last line, which was never
 * acknowledged, is not counted as bad. An absent file has no lines; throws when it may not be read.
 */
export const readJournal = (
  path: string,
  onChange: OnChange,
): { length: number; badLines: number } => {
  let badLines = 0
  try {
    const { wholeBytes } = readTextLines(path, (text) => {
      for (const line of text.split('\n')) if (line !== '' && !takeLine(line, onChange)) badLines++
      return true
    })
    return { length: wholeBytes, badLines }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { length: 0, badLines: 0 }
    throw error
  }
}

const takeLine = (line: string, onChange: OnChange): boolean => {
  let change: unknown
  try {
    change = JSON.parse(line)
  } catch {
    return false
  }
  if (typeof change !== 'object' || change === null) return false
  const { do: verb, list, ...entry } = change as Record<string, unknown>
  if ((verb !== 'add' && verb !== 'remove') || (list !== 'deny' && list !== 'allow')) return false
  const prefixes = prefixesOf(entry)
  if (!prefixes) onChange(verb, list, entry)
  for (const prefix of prefixes ?? []) onChange(verb, list, { ...entry, prefix })
  return true
}
