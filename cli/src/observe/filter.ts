/** The filters of a command line as one query of docs/reference/query.md. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { quoteValue } from '@netscope/core/query/parse-value.ts'
import { flowPredicateOf } from '@netscope/core/query/predicate-of.ts'
import type { Query } from '@netscope/core/query/query.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { FlowRow } from './field.ts'
import { settledPart } from './settled-part.ts'

/** A filter as it was typed. */
export interface GivenFilter {
  /** Name of the option without dashes; `filter` or `where` for those written out. */
  option: string
  text: string
  /** It came after --not. */
  negated: boolean
}

export type FlowTest = (flow: FlowRow) => boolean

export interface Filter {
  test: FlowTest
  /** Parameters of GET /api/v1/flows: the server judges all of it. */
  query: Readonly<Record<string, string>>
  /** The part that holds from a flow's beginning to its end; whoever follows flows asks for no more. */
  settled: Readonly<Record<string, string>>
}

/** What a side is called. */
const LABELS: Readonly<Record<string, { address: string; labels: readonly string[] }>> = {
  from: { address: 'src', labels: ['srcName', 'srcProcess', 'srcContainer', 'srcUnit'] },
  to: {
    address: 'dst',
    labels: ['dstName', 'dstProcess', 'dstContainer', 'dstUnit', 'sni', 'httpHost'],
  },
}

const isPrefix = (text: string): boolean =>
  encodePrefix(text, new Uint8Array(PREFIX_BYTES), 0) === undefined

/** A container also by its id alone, of which the first 12 characters are known. */
const SHORT_ID = /^[0-9a-f]{12,64}$/i

const sideText = ({ address, labels }: (typeof LABELS)[string], text: string): string => {
  if (isPrefix(text)) return `${address} in ${text}`
  const value = quoteValue(SHORT_ID.test(text) ? `*:${text.slice(0, 12)}` : text)
  return labels.map((label) => `${label} = ${value}`).join(' or ')
}

const isWrittenOut = ({ option }: GivenFilter): boolean => option === 'where' || option === 'filter'

/** `end=` asks for an empty value, which a shell makes of `end=""` too. */
const ENDS_WITHOUT_VALUE = /^\s*[a-z]\w*\s*!?=\s*$/i

const writtenText = (given: GivenFilter): string => {
  const { option, text } = given
  if (isWrittenOut(given)) return ENDS_WITHOUT_VALUE.test(text) ? `${text}""` : text
  const side = LABELS[option]
  if (side && text !== '') return sideText(side, text)
  const field = option === 'process' && /^\d+$/.test(text) ? 'pid' : option
  return `${field} = ${quoteValue(text)}`
}

const parse = (text: string, shown: string): Query => {
  const result = parseQuery(text)
  if (result.ok) return result.query
  const { message, position, suggestion } = result.error
  const place = text === shown && position > 0 ? ` (character ${position + 1})` : ''
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  throw new NetscopeError('filter.invalid', { filter: shown, reason: `${message}${place}${meant}` })
}

/** Checked for itself, so that an error names what was typed. */
const partOf = (given: GivenFilter): string => {
  const { option, text } = given
  const shown = isWrittenOut(given) ? text : `--${option} ${text}`
  if (text.trim() === '')
    throw new NetscopeError('filter.invalid', { filter: shown, reason: 'it is empty' })
  return `(${parse(writtenText(given), shown).text})`
}

/** Those that are written out must all hold; of the same short option one is enough. */
const groupBy = (given: readonly GivenFilter[]): GivenFilter[][] => {
  const groups = new Map<string, GivenFilter[]>()
  for (const [index, one] of given.entries()) {
    const key = isWrittenOut(one) || one.negated ? `#${index}` : one.option
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

const groupText = (group: readonly GivenFilter[]): string => {
  const parts = group.map(partOf)
  if (group[0]?.negated) return `not ${parts.join('')}`
  return parts.length === 1 ? parts.join('') : `(${parts.join(' or ')})`
}

const parameters = (filter: string): Record<string, string> => (filter === '' ? {} : { filter })

/** Throws `filter.invalid`. `now` is what times such as -5m count back from. */
export const createFilter = (given: readonly GivenFilter[], now: () => number): Filter => {
  const text = groupBy(given).map(groupText).join(' and ')
  const query = parse(text, 'all filters together')
  return {
    test: flowPredicateOf(query, now),
    query: parameters(text),
    settled: parameters(settledPart(query)),
  }
}
