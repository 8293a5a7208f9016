/** What the flow view asks the server for, and how it stands in the URL. */
import { isWritten } from './query-text.ts'

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
}

/** Rows of one page; the API allows up to 1000. */
export const PAGE_ROWS = 500

const DEFAULT_SORT = '-bytesPerSecond'
const STATES = ['live', 'ended', 'all'] as const

export const readFlowFilter = (params: URLSearchParams): FlowFilter => ({
  q: params.get('q') ?? '',
  protocol: params.get('protocol') ?? '',
  verdict: params.get('verdict') ?? '',
  direction: params.get('direction') ?? '',
  interface: params.get('interface') ?? '',
  state: STATES.find((state) => state === params.get('state')) ?? 'live',
  sort: params.get('sort') ?? DEFAULT_SORT,
  offset: Math.max(0, Math.trunc(Number(params.get('offset'))) || 0),
})

/** The same for the fragment: what is as it always is stays out of it. */
export const flowParams = (filter: FlowFilter): Record<string, string> => ({
  ...filter,
  state: filter.state === 'live' ? '' : filter.state,
  sort: filter.sort === DEFAULT_SORT ? '' : filter.sort,
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
