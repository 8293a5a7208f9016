/** What the flow view asks the history for: its choices and words as one query of docs/reference/query.md. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { quoteValue } from '@netscope/core/query/parse-value.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { FlowFilter } from './flow-filter.ts'
import { isWritten } from './query-text.ts'
import type { TimeRange } from './time-range.ts'

/** Rows of one answer; the API allows up to 1000. */
const PAGE_ROWS = 500

/** Where a word may occur. */
const SEARCHED = ['name', 'process', 'container', 'unit', 'interface', 'protocol', 'verdict']

const isPrefix = (text: string): boolean =>
  encodePrefix(text, new Uint8Array(PREFIX_BYTES), 0) === undefined

const BEGIN_OF_IPV4 = /^\d{1,3}(\.\d{1,3}){0,2}\.?$/

/** Addresses have no parts in a query: the beginning of one is the prefix of all that begin so. */
const prefixOf = (word: string): string | undefined => {
  if (isPrefix(word)) return word
  if (!word.includes('.') || !BEGIN_OF_IPV4.test(word)) return undefined
  const octets = word.split('.').filter(Boolean)
  const prefix = `${[...octets, 0, 0, 0].slice(0, 4).join('.')}/${8 * octets.length}`
  return isPrefix(prefix) ? prefix : undefined
}

const wordQuery = (word: string): string => {
  const prefix = prefixOf(word)
  const tests = SEARCHED.map((field) => `${field} ~ ${quoteValue(word)}`)
  if (prefix !== undefined) tests.push(`ip in ${prefix}`)
  if (/^\d{1,5}$/.test(word) && Number(word) <= 65_535) tests.push(`port = ${word}`)
  return `(${tests.join(' or ')})`
}

const textQueries = (text: string): string[] =>
  isWritten(text) ? [`(${text})`] : text.split(/\s+/).filter(Boolean).map(wordQuery)

/** Empty: all flows. */
export const storedFilter = (filter: FlowFilter): string => {
  const choices = (['protocol', 'verdict', 'direction', 'interface'] as const)
    .filter((name) => filter[name] !== '')
    .map((name) => `${name} = ${quoteValue(filter[name])}`)
  return [...textQueries(filter.q.trim()), ...choices].join(' and ')
}

/** Orders that the API has for live flows only: what both sides come to, and either side's. */
const LIVE_SORTS: ReadonlySet<string> = new Set([
  ...['bytes', 'packets', 'bytesPerSecond', 'retransmits', 'rttMs', 'process', 'name'],
])

/** Whether the history sorts by it: fields of a flow. */
export const isStoredSort = (sort: string): boolean => !LIVE_SORTS.has(sort.replace(/^-/, ''))

/** Parameters of /api/v1/flows/stored, but for the cursor. */
export const storedQuery = (filter: FlowFilter, { fromMs, toMs }: TimeRange): URLSearchParams => {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    sort: isStoredSort(filter.sort) ? filter.sort : '-lastSeen',
    limit: String(PAGE_ROWS),
  })
  const text = storedFilter(filter)
  if (text !== '') query.set('filter', text)
  return query
}
