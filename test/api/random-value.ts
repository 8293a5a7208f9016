/** Values that fit a JSON Schema, and values that do not. */
import type { Schema } from './client-source.ts'

export type Random = (below: number) => number

/** Mulberry32: the same numbers for the same seed. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

export interface FullSchema extends Schema {
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  maxItems?: number
}

const pick = <T>(random: Random, values: readonly T[]): T => values[random(values.length)] as T

/** Texts that mean something somewhere, and texts that should mean nothing anywhere. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'null',
  'true',
  'admin',
  'host-b',
  'edge',
  '192.0.2.1',
  '10.0.0.0/8',
  '2001:db8::1',
  '::/0',
  '02:00:00:00:00:01',
  '-1h',
  '2026-01-01T00:00:00Z',
  '9999999999999999',
  'dstPort = 443',
  'src in 10.0.0.0/8 and bytes > 1MB or not process ~ "c*rl"',
  '((((((((((',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '\u0000',
  '\r\nSet-Cookie: a=b',
  '\u{1f600}\ud800',
  '\u202e\ufeff\u00ad',
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(300),
  '\u00e9'.repeat(2000),
] as const

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  255,
  256,
  65_535,
  65_536,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
] as const

/** Anything, whatever the schema says. */
const anything = (random: Random, depth = 0): unknown => {
  const kind = random(depth > 2 ? 5 : 8)
  if (kind === 0) return null
  if (kind === 1) return random(2) === 0
  if (kind === 2) return pick(random, NUMBERS)
  if (kind < 5) return pick(random, TEXTS)
  const many = Array.from({ length: random(5) }, () => anything(random, depth + 1))
  if (kind === 5) return many
  return Object.fromEntries(many.map((value) => [pick(random, TEXTS), value]))
}

const textFor = (
  random: Random,
  { pattern, maxLength = 40, minLength = 0 }: FullSchema,
): string => {
  if (pattern !== undefined && random(2) === 0)
    return pick(random, ['1', 'a', '15s', 'edge-1', 'name'])
  const text = pick(random, TEXTS)
  return text.slice(0, maxLength).padEnd(Math.min(minLength, 64), 'a')
}

const numberFor = (random: Random, { type, minimum = 0, maximum = 1e6 }: FullSchema): number => {
  const chosen = random(4)
  if (chosen === 0) return minimum
  if (chosen === 1) return maximum
  const value = minimum + random(Math.min(maximum - minimum, 1e9) + 1)
  return type === 'integer' ? value : value / 2
}

/** Fits the schema, but for patterns, and but for one in `wildIn` values. */
export const valueFor = (random: Random, schema: FullSchema, wildIn: number): unknown => {
  if (random(wildIn) === 0) return anything(random)
  if (schema.enum) return pick(random, schema.enum)
  if (schema.const !== undefined) return schema.const
  const either = schema.anyOf ?? schema.oneOf
  if (either) return valueFor(random, pick(random, either), wildIn)
  const type = pick(random, [schema.type ?? 'string'].flat())
  if (type === 'string') return textFor(random, schema)
  if (type === 'integer' || type === 'number') return numberFor(random, { ...schema, type })
  if (type === 'boolean') return random(2) === 0
  if (type === 'null') return null
  if (type === 'array') return arrayFor(random, schema, wildIn)
  return objectFor(random, schema, wildIn)
}

const arrayFor = (random: Random, { items = {}, maxItems = 5 }: FullSchema, wildIn: number) =>
  Array.from({ length: random(Math.min(maxItems, 5) + 1) }, () => valueFor(random, items, wildIn))

const objectFor = (
  random: Random,
  { properties = {}, required = [] }: FullSchema,
  wildIn: number,
): Record<string, unknown> => {
  const chosen = Object.entries(properties).filter(([name]) =>
    required.includes(name) ? random(wildIn) > 0 : random(2) === 0,
  )
  const made = chosen.map(([name, of]): [string, unknown] => [name, valueFor(random, of, wildIn)])
  if (random(wildIn) === 0) made.push([pick(random, TEXTS), anything(random)])
  return Object.fromEntries(made)
}
