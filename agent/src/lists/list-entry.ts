/** Checks what claims to be a list entry: from a command, our own file, or a file of an older tool. */
import { encodePrefix, formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { ListName } from '@netscope/core/wire.ts'
import type { EntryFields } from './entry-store.ts'
import { PREFIX_WORDS } from './prefix-index.ts'

/** Longest texts, in UTF-16 units; longer ones are refused. */
const MAX_REASON = 200
const MAX_ORIGIN = 64
const MAX_AUTHOR = 128

/** Where a checked prefix is put, before it goes to a list. */
export const newPrefixBuffer = (count: number) => {
  const words = new Uint32Array(count * PREFIX_WORDS)
  return { words, bytes: new Uint8Array(words.buffer) }
}
export type PrefixBuffer = ReturnType<typeof newPrefixBuffer>

interface Problem {
  problem: 'list.prefix-invalid' | 'list.covers-everything'
  prefix: string
  reason: string
}
export type Checked = EntryFields | Problem

/**
 * The fields of `value` (an entry, or only the text of its prefix), its prefix at element `i` of `into`;
 * or what is wrong with it. Missing fields are empty, created now, never expiring.
 */
export const checkEntry = (
  value: unknown,
  list: ListName,
  nowMs: number,
  into: PrefixBuffer,
  i: number,
): Checked => {
  const entry = (typeof value === 'object' && value !== null ? value : { prefix: value }) as Record<
    string,
    unknown
  >
  const prefix = entry['prefix']
  const problem = checkPrefix(prefix, list, into, i)
  if (problem) return problem
  const texts = checkTexts(entry)
  if (typeof texts === 'string') return invalid(String(prefix), texts)
  const created = entry['createdAtMs'] ?? nowMs
  const expires = entry['expiresAtMs'] ?? 0
  if (!isTime(created))
    return invalid(String(prefix), 'createdAtMs must be milliseconds since 1970')
  if (!isTime(expires))
    return invalid(String(prefix), 'expiresAtMs must be milliseconds since 1970, or 0 for never')
  return { ...texts, createdAtMs: created, expiresAtMs: expires }
}

/** Prefixes of a group (ListGroup of core/src/wire.ts); undefined: it is one entry. */
export const prefixesOf = (value: unknown): readonly unknown[] | undefined => {
  const prefixes = (value as { prefixes?: unknown } | null | undefined)?.prefixes
  return Array.isArray(prefixes) ? prefixes : undefined
}

/** As checkEntry, its prefixes from element `i` on; the fields are those of all. */
export const checkGroup = (
  group: object,
  prefixes: readonly unknown[],
  list: ListName,
  nowMs: number,
  into: PrefixBuffer,
  i: number,
): Checked => {
  const fields = checkEntry({ ...group, prefix: prefixes[0] }, list, nowMs, into, i)
  if ('problem' in fields) return fields
  for (let k = 1; k < prefixes.length; k++) {
    const problem = checkPrefix(prefixes[k], list, into, i + k)
    if (problem) return problem
  }
  return fields
}

const checkPrefix = (
  prefix: unknown,
  list: ListName,
  into: PrefixBuffer,
  i: number,
): Problem | undefined => {
  if (typeof prefix !== 'string')
    return invalid(JSON.stringify(prefix)?.slice(0, 80) ?? 'nothing', 'it is not a text')
  const problem = encodePrefix(prefix, into.bytes, i * PREFIX_BYTES)
  if (problem !== undefined) return invalid(JSON.stringify(prefix.slice(0, 80)), problem)
  if (list === 'deny' && coversEverything(into, i))
    return { problem: 'list.covers-everything', prefix, reason: 'it holds every address' }
  return undefined
}

/** 0.0.0.0/0 is 96 bits of ::ffff:0:0; ::/0 none. */
const coversEverything = ({ bytes }: PrefixBuffer, i: number): boolean => {
  const length = bytes[i * PREFIX_BYTES]!
  return length === 0 || (length === 96 && formatPrefix(bytes, i * PREFIX_BYTES) === '0.0.0.0/0')
}

const invalid = (prefix: string, reason: string): Problem => ({
  problem: 'list.prefix-invalid',
  prefix,
  reason,
})

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < 1e15

const checkTexts = (entry: Record<string, unknown>) => {
  const { reason = '', origin = '', author = '' } = entry
  if (!isText(reason, MAX_REASON)) return `reason must be a text of up to ${MAX_REASON} characters`
  if (!isText(origin, MAX_ORIGIN)) return `origin must be a text of up to ${MAX_ORIGIN} characters`
  if (!isText(author, MAX_AUTHOR)) return `author must be a text of up to ${MAX_AUTHOR} characters`
  return { reason, origin, author }
}

/** Control characters and halves of surrogate pairs are no text, and would swell JSON sixfold. */
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' &&
  value.length <= most &&
  value.isWellFormed() &&
  !/\p{Cc}/u.test(value)
