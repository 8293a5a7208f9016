/** What of a filter the server can look for, so that a large table is not sent to be thrown away here. */
import type { Condition } from './condition.ts'

/** A parameter of GET /api/v1/flows that lets through at least what the filter does. */
export type Pushed = readonly [name: string, value: string]

/** Parameters that say the same as FIELD=VALUE. */
const SAME = new Set([
  'ip',
  'src',
  'dst',
  'port',
  'srcPort',
  'dstPort',
  'protocol',
  'interface',
  'verdict',
  'direction',
  'user',
])
/** Parameters that look for a part of the text, in any case. */
const PARTS = new Set(['process', 'container', 'name'])

/** The most characters that the API takes in a text, and in `q`. */
const LONGEST_TEXT = 64
const LONGEST_WORDS = 200

export const pushCondition = ({ field, operator, value }: Condition): Pushed | undefined => {
  if (value === '' || value.length > LONGEST_TEXT) return undefined
  if (field === 'pid') return operator === '=' && Number(value) > 0 ? [field, value] : undefined
  const isSame = operator === '=' && SAME.has(field)
  const isPart = (operator === '=' || operator === '~') && PARTS.has(field)
  return isSame || isPart ? [field, value] : undefined
}

/** `text`, perhaps with `*`, somewhere in what the flow is called. */
export const pushWords = (text: string): Pushed | undefined => {
  const words = text.replaceAll('*', ' ').trim()
  return words === '' || words.length > LONGEST_WORDS ? undefined : ['q', words]
}
