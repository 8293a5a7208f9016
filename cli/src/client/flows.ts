/** GET /api/v1/flows: pages, and all of them one after the other. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FlowRow } from '../observe/field.ts'
import { requestJson } from './request.ts'

export interface FlowPage {
  /** Flows that match what the server was asked for. */
  total: number
  flows: FlowRow[]
}

type Query = Readonly<Record<string, string | number>>

/** The most that the API gives at once. */
export const PAGE = 1000
/** Pages overlap: flows that the server forgets meanwhile move the others forward. */
const STEP = PAGE - 50
/** The highest offset of the API is 10,000,000; more flows than a server holds. */
const MOST_FLOWS = 2_000_000

/** Checks the shape of a page; `text` names it in the error. */
const pageOf = (body: unknown, url: URL): FlowPage => {
  const { total, flows } = (body ?? {}) as Partial<FlowPage>
  if (typeof total === 'number' && Array.isArray(flows)) return { total, flows }
  const reason = 'that is no page of flows.'
  throw new NetscopeError('client.refused', { url: url.origin, status: 200, reason })
}

const urlOf = (base: URL, path: string, query: Query): URL => {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url
}

export const flowsUrl = (base: URL, query: Query): URL => urlOf(base, 'api/v1/flows', query)
export const flowStreamUrl = (base: URL, query: Query): URL =>
  urlOf(base, 'api/v1/flows/stream', query)

/** The page in the data of an event of the stream. */
export const readPage = (data: string, url: URL): FlowPage => {
  let body: unknown
  try {
    body = JSON.parse(data)
  } catch {
    body = undefined
  }
  return pageOf(body, url)
}

/** Pages in the order of `query`, from `offset` on, until all are read. */
export async function* flowPages(base: URL, query: Query, offset = 0): AsyncGenerator<FlowPage> {
  for (let at = offset; at < MOST_FLOWS; at += STEP) {
    const url = flowsUrl(base, { ...query, offset: at, limit: PAGE })
    const page = pageOf(await requestJson(url), url)
    yield page
    if (page.flows.length < PAGE) return
  }
}
