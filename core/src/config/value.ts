/** One value of the configuration: what is allowed, whether it fits, and how text becomes a value. */
import type { Item, Key, ListKey } from './key.ts'

const range = ({ minimum, maximum }: { minimum: number; maximum: number }) =>
  `from ${minimum} to ${maximum}`

const describeItems = (items: Item): string =>
  items.type === 'integer' ? `whole numbers ${range(items)}` : `texts that match ${items.pattern}`

const describeList = ({ items, minItems = 0, maxItems }: ListKey): string =>
  `a list of ${minItems > 0 ? `${minItems} to` : 'up to'} ${maxItems} ${describeItems(items)}`

/** What a key takes, in words that follow "allowed:". */
export const describeAllowed = (key: Key): string => {
  if (key.allowed !== undefined) return key.allowed
  if (key.type === 'integer') return `a whole number ${range(key)}`
  if (key.type === 'boolean') return 'true or false'
  if (key.type === 'array') return describeList(key)
  return 'enum' in key ? `one of ${key.enum.join(', ')}` : 'a text'
}

const inRange = (
  value: unknown,
  { minimum, maximum }: { minimum: number; maximum: number },
): boolean => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum

const fitsItem = (value: unknown, item: Item): boolean =>
  item.type === 'integer'
    ? inRange(value, item)
    : typeof value === 'string' && new RegExp(item.pattern).test(value)

const fitsList = (value: unknown, key: ListKey): boolean =>
  Array.isArray(value) &&
  value.length >= (key.minItems ?? 0) &&
  value.length <= key.maxItems &&
  value.every((item) => fitsItem(item, key.items))

const fitsText = (value: string, key: Extract<Key, { type: 'string' }>): boolean => {
  if ('enum' in key) return key.enum.includes(value)
  if (value.length < (key.minLength ?? 0) || value.length > (key.maxLength ?? Infinity))
    return false
  return !value.includes('\0') && (key.pattern === undefined || new RegExp(key.pattern).test(value))
}

/** Whether `value` is what the schema of `key` allows. */
export const fits = (value: unknown, key: Key): boolean => {
  if (key.type === 'integer') return inRange(value, key)
  if (key.type === 'boolean') return typeof value === 'boolean'
  if (key.type === 'array') return fitsList(value, key)
  return typeof value === 'string' && fitsText(value, key)
}

const parseScalar = (text: string, type: 'integer' | 'boolean' | 'string'): unknown => {
  if (type === 'string') return text
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  return /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : text
}

/** The value that `text` of the environment or the command line stands for; lists are separated by commas. */
export const parseText = (text: string, key: Key): unknown => {
  if (key.type !== 'array') return parseScalar(text, key.type)
  if (text.trim() === '') return []
  return text.split(',').map((item) => parseScalar(item.trim(), key.items.type))
}

const LONGEST_SHOWN = 80

/** A value as an error shows it: JSON, cut to 80 characters. */
export const describeFound = (value: unknown): string => {
  const shown = JSON.stringify(value) ?? String(value)
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown
}

/** The default of a key for people: as it would be written in the environment. */
export const describeDefault = (key: Key): string => {
  if (key.defaultText !== undefined) return key.defaultText
  if (key.type === 'array') return key.default.join(',') || 'none'
  return key.default === '' ? 'empty' : String(key.default)
}
