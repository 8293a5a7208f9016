/**
 * The base file of the lists: `{"version":1,"deny":[…],"allow":[…]}`, one entry per line, fields that are
 * empty left out. Reads as well what people and older tools write: any layout, entries that are only
 * texts, `blacklist` and `whitelist`, and a plain array, which is a deny list.
 */
import { readFileSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { ListEntry, ListName } from '@netscope/core/wire.ts'
import { readTextLines } from './text-lines.ts'

const HEAD = '{"version":1,"deny":[\n'
const MIDDLE = '],"allow":[\n'
const TAIL = ']}\n'
/** A file in another layout is read whole, up to this. */
const MAX_FOREIGN_BYTES = 256 << 20
const WRITE_ROWS = 1000

/** Takes an entry as it stands in the file, unchecked. */
export type OnEntry = (list: ListName, value: unknown) => void

export type ListFileKind =
  | 'absent'
  /** As we write it. */
  | 'ours'
  /** Readable, but another layout or an older tool's: to be written anew. */
  | 'foreign'
  /** Not readable to its end; what was read up to there has been handed out. */
  | 'corrupt'

/** Hands out every entry of the file at `path`; entries may come twice. Throws when it may not be read. */
export const readListFile = (
  path: string,
  onEntry: OnEntry,
): { kind: ListFileKind; reason: string } => {
  try {
    if (readOurLayout(path, onEntry)) return { kind: 'ours', reason: '' }
    return readForeignLayout(path, onEntry)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent', reason: '' }
    throw error
  }
}

/** True when the file is whole and as we write it. */
const readOurLayout = (path: string, onEntry: OnEntry): boolean => {
  let part: 'head' | ListName | 'end' = 'head'
  let damaged = false
  const takeLines = (text: string): boolean => {
    let at = 0
    if (part === 'head') {
      if (!text.startsWith(HEAD)) return false
      part = 'deny'
      at = HEAD.length
    }
    while (at < text.length && (part === 'deny' || part === 'allow')) {
      const end = text.startsWith(']', at) ? at : text.indexOf('\n]', at) + 1 || text.length
      if (!takeEntries(text.slice(at, end), part, onEntry)) damaged = true
      at = end
      if (at === text.length) return true
      const mark = part === 'deny' ? MIDDLE : TAIL
      if (!text.startsWith(mark, at)) return false
      part = part === 'deny' ? 'allow' : 'end'
      at += mark.length
    }
    damaged ||= at < text.length
    return !damaged || part !== 'end'
  }
  const { tornBytes } = readTextLines(path, takeLines)
  return (part as string) === 'end' && !damaged && tornBytes === 0
}

/** Lines of one entry each; false when one of them is not, after the others have been handed out. */
const takeEntries = (lines: string, list: ListName, onEntry: OnEntry): boolean => {
  if (lines === '') return true
  const end = lines.length - (lines.endsWith(',\n') ? 2 : 1)
  const joined = parse(`[${lines.slice(0, end)}]`)
  if (Array.isArray(joined)) {
    for (const value of joined) onEntry(list, value)
    return true
  }
  for (const line of lines.split('\n')) {
    const value = parse(line.replace(/,$/, ''))
    if (value !== undefined) onEntry(list, value)
  }
  return false
}

const readForeignLayout = (
  path: string,
  onEntry: OnEntry,
): { kind: ListFileKind; reason: string } => {
  const { size } = statSync(path)
  if (size > MAX_FOREIGN_BYTES)
    return { kind: 'corrupt', reason: `it is no list file of ours and has ${size} bytes` }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return { kind: 'corrupt', reason: (error as Error).message }
  }
  const lists = listsOf(value)
  if (typeof lists === 'string') return { kind: 'corrupt', reason: lists }
  for (const [list, values] of lists) for (const entry of values) onEntry(list, entry)
  return { kind: 'foreign', reason: '' }
}

const NAMES: Readonly<Record<string, ListName>> = {
  deny: 'deny',
  allow: 'allow',
  blacklist: 'deny',
  whitelist: 'allow',
}

const listsOf = (value: unknown): [ListName, unknown[]][] | string => {
  if (Array.isArray(value)) return [['deny', value]]
  if (typeof value !== 'object' || value === null) return 'it holds neither an object nor an array'
  if ('version' in value && value.version !== 1)
    return `its version is ${JSON.stringify(value.version)}, known is 1`
  const named = Object.entries(value).filter(([name]) => NAMES[name] !== undefined)
  if (named.length === 0) return 'it names neither deny and allow nor blacklist and whitelist'
  const wrong = named.find(([, values]) => !Array.isArray(values) && values !== null)
  if (wrong) return `${wrong[0]} is not an array`
  return named.map(([name, values]) => [NAMES[name]!, (values as unknown[] | null) ?? []])
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An entry as JSON, without the fields that are empty. */
const formatEntry = (entry: ListEntry): string =>
  JSON.stringify({
    prefix: entry.prefix,
    reason: entry.reason || undefined,
    origin: entry.origin || undefined,
    author: entry.author || undefined,
    createdAtMs: entry.createdAtMs,
    expiresAtMs: entry.expiresAtMs || undefined,
  })

/** One list's rows when the writing began, and the entry of a row; undefined when it is gone by now. */
export interface Snapshot {
  rows: Int32Array
  entry(row: number): ListEntry | undefined
}

/** Writes the whole file in slices of some milliseconds at most; rejects when `signal` is aborted. */
export const writeListFile = async (
  file: FileHandle,
  lists: Record<ListName, Snapshot>,
  signal?: AbortSignal,
): Promise<void> => {
  await file.write(HEAD)
  await writeEntries(file, lists.deny, signal)
  await file.write(MIDDLE)
  await writeEntries(file, lists.allow, signal)
  await file.write(TAIL)
}

const writeEntries = async (
  file: FileHandle,
  { rows, entry }: Snapshot,
  signal?: AbortSignal,
): Promise<void> => {
  let comma = ''
  for (let at = 0; at < rows.length; at += WRITE_ROWS) {
    signal?.throwIfAborted()
    let text = ''
    for (const row of rows.subarray(at, at + WRITE_ROWS)) {
      const value = entry(row)
      if (value === undefined) continue
      text += comma + formatEntry(value)
      comma = ',\n'
    }
    if (text !== '') await file.write(text)
  }
  if (comma !== '') await file.write('\n')
}
