/** The history of the made-up network: what lives and what ended, a page at a time. */
import type { ServerResponse } from 'node:http'
import type { Flow } from '@netscope/core/flow.ts'
import { flowPage } from './fake-answers.ts'

/** Small, so that there is more than one. */
const PAGE_ROWS = 50

export const createFakeHistory = (network: {
  live(): readonly Flow[]
  ended(): readonly Flow[]
}) => {
  const history = {
    /** The queries that were asked. */
    asked: [] as URLSearchParams[],
    broken: false,
    answer(query: URLSearchParams, response: ServerResponse): unknown {
      history.asked.push(query)
      if (history.broken) {
        const detail = 'The history of flows has stopped.'
        const problem = { status: 503, code: 'history.stopped', detail, error: detail, ok: false }
        response.writeHead(503, { 'content-type': 'application/problem+json' })
        return void response.end(JSON.stringify(problem))
      }
      const offset = Number(query.get('cursor') ?? 0)
      const page = new URLSearchParams({ state: 'all', offset: String(offset) })
      page.set('limit', String(PAGE_ROWS))
      page.set('sort', query.get('sort') ?? '-lastSeen')
      page.set('filter', query.get('filter') ?? '')
      const { flows, total } = flowPage(network, page)
      const next = offset + flows.length
      return { flows, ...(next < total && { nextCursor: String(next) }) }
    },
  }
  return history
}
