/** Queries of every shape over values that records have, or nearly have. */
import type { Random } from '@netscope/agent/mock/random.ts'
import type { Flow } from '@netscope/core/flow.ts'
import { quoteValue } from '@netscope/core/query/parse-value.ts'
import { FLOW_QUERY_FIELDS } from '@netscope/core/query/parse-query.ts'
import type { QueryField } from '@netscope/core/query/query-field.ts'

type FlowOfAgent = Flow & { agent: string }

const COMPARISONS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in'] as const

const valueOf = ({ of }: QueryField, flow: FlowOfAgent, random: Random): string | number =>
  flow[random.pick(of as [string, ...string[]]) as keyof FlowOfAgent]

/** Shorter ones of `::` would hold all of IPv4 too, and are refused. */
const lengthsOf = (address: string): readonly [number, ...number[]] => {
  if (!address.includes(':')) return [0, 1, 8, 9, 24, 31, 32]
  const longer = [0, 97, 127, 128] as const
  return address.startsWith('::') ? longer : [...longer, 3, 63, 64, 65]
}

const prefixOf = (address: string, random: Random): string =>
  random.chance(0.4) ? address : `${address}/${random.pick(lengthsOf(address))}`

const nearby = (value: number, random: Random): number =>
  Math.max(0, value + random.pick([0, 0, 0, 1, -1, 0.5, 1000]))

/** A value of the field as it is written. */
const written = (field: QueryField, flow: FlowOfAgent, random: Random): string => {
  const value = valueOf(field, flow, random)
  const number = nearby(Number(value) || 0, random)
  switch (field.type) {
    case 'address':
      return prefixOf(String(value), random)
    case 'port':
      return String(Math.min(65_535, Math.trunc(number)))
    case 'count':
    case 'flags':
      return String(field.type === 'flags' ? Math.trunc(number) % 256 : Math.trunc(number))
    case 'bytes':
    case 'rate':
    case 'duration':
      return random.chance(0.2)
        ? '1.5k'.replace('k', field.type === 'duration' ? 's' : 'kB')
        : number.toFixed(3)
    case 'time':
      return random.chance(0.3) || value === ''
        ? random.pick(['-5m', '-1h', 'now', '2026-07-31'])
        : String(value)
    case 'id':
      return quoteValue(String(value))
    case 'text':
      return field.values || random.chance(0.6)
        ? quoteValue(String(value))
        : pattern(String(value), random)
  }
}

const pattern = (text: string, random: Random): string => {
  const from = random.int(0, text.length)
  const part = text.slice(from, random.int(from, text.length))
  const cased = random.chance(0.3) ? part.toUpperCase() : part
  const whole = random.pick([
    cased,
    `${cased}*`,
    `*${cased}`,
    `*${cased}*`,
    `${text.slice(0, 1)}*${text.slice(-1)}`,
  ])
  return quoteValue(whole.isWellFormed() ? whole : '*')
}

const testText = (flow: FlowOfAgent, random: Random): string => {
  const fields = FLOW_QUERY_FIELDS.list as [QueryField, ...QueryField[]]
  const field = random.pick(fields)
  const { name, type } = field
  const isText = type === 'text' || type === 'id'
  if ((isText && random.chance(0.5)) || (type === 'flags' && random.chance(0.5))) {
    const value = isText
      ? pattern(String(valueOf(field, flow, random)), random)
      : random.pick(['SYN', 'SYN+ACK', '0'])
    return `${name} ${random.pick(['~', '!~'])} ${value}`
  }
  const isOrdered = !isText && type !== 'address'
  const operator = isOrdered ? random.pick(COMPARISONS) : random.pick(['=', '!=', 'in', 'not in'])
  const one = () => written(field, flow, random)
  if (!operator.endsWith('in')) return `${name} ${operator} ${one()}`
  return `${name} ${operator} (${Array.from({ length: random.int(1, 4) }, one).join(', ')})`
}

/** A query about `flow` or about what is like it. */
export const randomQuery = (flow: FlowOfAgent, random: Random, depth = 0): string => {
  if (depth > 3 || random.chance(0.4)) return testText(flow, random)
  if (random.chance(0.25)) return `not (${randomQuery(flow, random, depth + 1)})`
  const parts = Array.from({ length: random.int(2, 3) }, () => randomQuery(flow, random, depth + 1))
  return `(${parts.join(random.chance(0.5) ? ' and ' : ' or ')})`
}
