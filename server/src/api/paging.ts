/** Pages of collections: a cursor stands for the last item of a page, so that what comes and goes moves nothing. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { TSchema } from 'typebox'

/** Query parameters of every paged collection. */
export const pageParams = {
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  cursor: Type.Optional(
    Type.String({ maxLength: 1024, description: '`nextCursor` of the page before.' }),
  ),
}

/** Fields of every page beside its items. */
export const pageFields = {
  total: Type.Integer({ description: 'Items of all pages.' }),
  nextCursor: Type.Optional(
    Type.String({ description: 'Where the next page begins; absent on the last one.' }),
  ),
}

/** The schema of a page whose items stand in the field `name`. */
export const pageSchema = <Name extends string, Item extends TSchema>(name: Name, item: Item) =>
  Type.Object({ [name]: Type.Array(item), ...pageFields } as Record<
    Name,
    ReturnType<typeof Type.Array<Item>>
  > &
    typeof pageFields)

/** What an item is sorted by, most important first; no two items have the same. */
export type PageKey = readonly (string | number)[]

export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  total: number
  nextCursor?: string
}

/** The page of `items`, which are sorted by `keyOf`, ascending. Throws `query.invalid` for a foreign cursor. */
export const pageOf = <T>(
  items: readonly T[],
  { limit, cursor }: PageRequest,
  keyOf: (item: T) => PageKey,
): Page<T> => {
  const from = cursor === undefined ? 0 : placeAfter(items, readCursor(cursor), keyOf)
  const found = items.slice(from, from + limit)
  const last = found.at(-1)
  const isLast = last === undefined || from + found.length >= items.length
  return {
    items: found,
    total: items.length,
    ...(isLast ? {} : { nextCursor: writeCursor(keyOf(last)) }),
  }
}

export const writeCursor = (key: PageKey): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url')

export const readCursor = (cursor: string): PageKey => {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const isPart = (part: unknown) => typeof part === 'string' || typeof part === 'number'
    if (Array.isArray(key) && key.length > 0 && key.every(isPart)) return key
  } catch {
    // Said below.
  }
  const allowed = '`nextCursor` of the page before, with the same other parameters'
  throw new NetscopeError('query.invalid', { name: 'cursor', reason: 'it is none.', allowed })
}

/** Index of the first item after `key`, by halving. */
const placeAfter = <T>(items: readonly T[], key: PageKey, keyOf: (item: T) => PageKey): number => {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keyOf(items[middle] as T), key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Numbers come before texts; texts by their code units. */
export const compareKeys = (a: PageKey, b: PageKey): number => {
  for (const [index, x] of a.entries()) {
    const y = b[index]
    if (y === undefined) return 1
    if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1
    if (x !== y) return x < y ? -1 : 1
  }
  return a.length - b.length
}
