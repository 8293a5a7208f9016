/** What can be asked about a flow: the fields of the field table, and names that mean both of its sides. */
import { suggest } from '../config/suggest.ts'
import type { FieldType } from '../flow.ts'

/** What the table says of a field, without its reader. */
export interface FieldFacts {
  name: string
  type: FieldType
  description: string
  /** All texts that it can have. */
  values?: readonly string[]
  /** Of a count: names of stretches of it, the first and the last number, as `high` of a severity. */
  stretches?: Readonly<Record<string, readonly [first: number, last: number]>>
  /** `srcX` and `dstX` together, as `x`, are their sum; without this, either of them. */
  both?: 'sum'
  /** Name under which it is looked through together with the same of both sides. */
  partOf?: string
}

export interface QueryField {
  name: string
  type: FieldType
  description: string
  values?: readonly string[]
  stretches?: FieldFacts['stretches']
  /** Fields of the table that it stands for. */
  of: readonly string[]
  /** With several: one of them is enough, or what they come to is meant. */
  combine: 'any' | 'sum'
}

/** All fields by name. */
export interface QueryFields {
  names: readonly string[]
  list: readonly QueryField[]
  /** In any case; milliseconds also without `Ms`. */
  find(name: string): QueryField | undefined
  /** The name that was probably meant. */
  suggest(name: string): string | undefined
}

const AGENT: FieldFacts = {
  name: 'agent',
  type: 'text',
  description: 'Name of the agent that counted it.',
}

const single = ({ name, type, description, values, stretches }: FieldFacts): QueryField => ({
  name,
  type,
  description,
  ...(values && { values }),
  ...(stretches && { stretches }),
  of: [name],
  combine: 'any',
})

/** `srcPort` → `port`; the addresses themselves are `ip`. */
const sharedName = (name: string): string =>
  name === 'src' ? 'ip' : name.slice(3, 4).toLowerCase() + name.slice(4)

const both = (src: FieldFacts, all: readonly FieldFacts[]): QueryField | undefined => {
  const dst = all.find(({ name }) => name === `dst${src.name.slice(3)}`)
  if (!src.name.startsWith('src') || !dst) return undefined
  const name = sharedName(src.name)
  const others = all.filter(({ partOf }) => partOf === name).map((field) => field.name)
  const of = [src.name, dst.name, ...others]
  const isSum = src.both === 'sum'
  const description = isSum ? `Of both sides: ${of.join(' + ')}.` : `Any of: ${of.join(', ')}.`
  return { ...single(src), name, description, of, combine: isSum ? 'sum' : 'any' }
}

/** The fields of `facts`, and of each pair of sides the name that means both. */
export const queryFields = (facts: readonly FieldFacts[]): QueryFields => {
  const own = [...facts, AGENT].map(single)
  const list = [...own, ...facts.flatMap((src) => both(src, facts) ?? [])]
  const byName = new Map(list.map((field) => [field.name.toLowerCase(), field]))
  const names = list.map(({ name }) => name)
  return {
    names,
    list,
    find: (name) => byName.get(name.toLowerCase()) ?? byName.get(`${name.toLowerCase()}ms`),
    suggest: (name) => suggest(name, names),
  }
}
