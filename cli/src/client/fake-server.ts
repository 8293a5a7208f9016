/** A server for tests that speaks the part of the API that the CLI uses. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { flowPredicateOf } from '@netscope/core/query/predicate-of.ts'
import type { FlowRow } from '../observe/field.ts'

export interface FakeServer {
  url: URL
  /** What it has; changing it changes the next answers. */
  flows: FlowRow[]
  /** Paths with queries that were asked for. */
  readonly asked: URL[]
  /** Streams that are open. */
  readonly streams: number
  /** Sends the flows to every stream. */
  tick(): void
  /** Breaks every connection; `status` is what further requests get. */
  breakOff(status?: number): void
  close(): Promise<void>
}

/** `port` 0 takes a free one. */
export const startFakeServer = async (flows: FlowRow[] = [], port = 0): Promise<FakeServer> => {
  const streams = new Map<ServerResponse, URL>()
  const asked: URL[] = []
  let broken: number | undefined

  const filterOf = (params: URLSearchParams): ((flow: FlowRow) => boolean) => {
    const parsed = parseQuery(params.get('filter') ?? '')
    if (!parsed.ok) throw new Error(parsed.error.message)
    return flowPredicateOf(parsed.query, Date.now)
  }

  const pageOf = ({ searchParams }: URL): string => {
    const [state, offset, limit] = ['state', 'offset', 'limit'].map((name) =>
      searchParams.get(name),
    )
    const matching = fake.flows
      .filter(filterOf(searchParams))
      .filter(({ end }) => state === 'all' || (state === 'ended') === (end !== ''))
      .toSorted((a, b) => (a.lastSeen > b.lastSeen ? -1 : 1))
    const [from, count] = [Number(offset ?? 0), Number(limit ?? 100)]
    return JSON.stringify({ total: matching.length, flows: matching.slice(from, from + count) })
  }

  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    asked.push(url)
    if (broken !== undefined) {
      const [detail, remedy] = ['Parameter x: it is unknown', 'Allowed: y.']
      const problem = { code: 'query.invalid', detail, remedy }
      response.writeHead(broken, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify(problem))
    } else if (url.pathname.endsWith('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`retry: 2000\n\n:\n\nevent: flows\ndata: ${pageOf(url)}\n\n`)
      streams.set(response, url)
      response.on('close', () => streams.delete(response))
    } else response.end(pageOf(url))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

  const fake: FakeServer = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    flows,
    asked,
    get streams() {
      return streams.size
    },
    tick() {
      for (const [response, url] of streams)
        response.write(`event: flows\ndata: ${pageOf(url)}\n\n`)
    },
    breakOff(status) {
      broken = status
      server.closeAllConnections()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fake
}
