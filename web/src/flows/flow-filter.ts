/** What the flow view asks the server for, and how it stands in the URL. */
import { isWritten } from './query-text.ts'
import { RANGE_NAMES, type RangeName } from './time-range.ts'

export interface FlowFilter {
  /** Words, or a query. */
  q: string
  protocol: string
  verdict: string
  direction: string
  interface: string
  state: 'live' | 'ended' | 'all'
  sort: string
  offset: number
  /** Empty: now; otherwise that part of the history. */
  range: RangeName
  /** Of a range of one's own: local time as the browser's input gives it, `2026-07-31T12:00`. */
  from: string
  to: string
}

/** Rows of one page; the API allows up to 1000. */
export const PAGE_ROWS = 500

const DEFAULT_SORT = '-bytesPerSecond'
const DEFAULT_STORED_SORT = '-lastSeen'
const STATES = ['live', 'ended', 'all'] as const

export const readFlowFilter = (params: URLSearchParams): FlowFilter => {
  const range = RANGE_NAMES.find((name) => name === params.get('range')) ?? ''
  return { ...readConditions(params), range, sort: params.get('sort') ?? defaultSort(range) }
}

const defaultSort = (range: RangeName): string =>
  range === '' ? DEFAULT_SORT : DEFAULT_STORED_SORT

const readConditions = (params: URLSearchParams): Omit<FlowFilter, 'range' | 'sort'> => ({
  q: params.get('q') ?? '',
  protocol: params.get('protocol') ?? '',
  verdict: params.get('verdict') ?? '',
  direction: params.get('direction') ?? '',
  interface: params.get('interface') ?? '',
  state: STATES.find((state) => state === params.get('state')) ?? 'live',
  offset: Math.max(0, Math.trunc(Number(params.get('offset'))) || 0),
  from: params.get('from') ?? '',
  to: params.get('to') ?? '',
})

/** The same for the fragment: what is as it always is stays out of it. */
export const flowParams = (filter: FlowFilter): Record<string, string> => ({
  ...filter,
  state: filter.state === 'live' ? '' : filter.state,
  sort: filter.sort === defaultSort(filter.range) ? '' : filter.sort,
  offset: filter.offset === 0 ? '' : String(filter.offset),
})

/** The query for /api/v1/flows and its stream. */
export const flowQuery = (filter: FlowFilter): string => {
  const query = new URLSearchParams({
    state: filter.state,
    sort: filter.sort,
    limit: String(PAGE_ROWS),
  })
  for (const name of ['protocol', 'verdict', 'direction', 'interface'] as const) {
    if (filter[name]) query.set(name, filter[name])
  }
  const text = filter.q.trim()
  if (text) query.set(isWritten(text) ? 'filter' : 'q', text)
  if (filter.offset > 0) query.set('offset', String(filter.offset))
  return query.toString()
}

/** Number of conditions that hide flows. */
export const conditions = (filter: FlowFilter): number =>
  [filter.q.trim(), filter.protocol, filter.verdict, filter.direction, filter.interface].filter(
    Boolean,
  ).length
