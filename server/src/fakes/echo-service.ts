/** For tests: a web service that says in its answers all that it was sent, as careless ones do. */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** How it answers: as JSON of several shapes, as a page, or by sending elsewhere. */
export const ECHOES = ['json', 'page', 'elsewhere'] as const
export type Echo = (typeof ECHOES)[number]

export interface EchoService {
  base: string
  /** What came, also as it was meant. */
  received: string
  status: number
  echo: Echo
  stop(): void
}

const decoded = (url: string): string => {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

const saidOf = ({ url = '', headers }: IncomingMessage, body: string): string =>
  [decoded(url), url, ...Object.values(headers).map(String), body.slice(0, 500)].join(' ')

/** Fields in which providers, channels and feeds say what is wrong. */
const jsonOf = (said: string): string =>
  JSON.stringify({
    ...{ message: said, detail: said, description: said, error: { code: said, message: said } },
    errors: [{ detail: said, status: 401 }],
    data: { isp: said, attributes: { as_owner: said }, abuseConfidenceScore: 90, totalReports: 3 },
    ...{ ip: '8.8.4.4', org: said, classification: said, name: said, retry_after: said },
  })

const pageOf = (said: string): string => {
  const escaped = said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return `<html><head><title>Forbidden</title></head><body><h1>No</h1><p>${escaped}</p></body></html>`
}

export const startEchoService = async (): Promise<EchoService> => {
  const service = { base: '', received: '', status: 200, echo: 'json' as Echo, stop: () => close() }
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const said = saidOf(request, body)
      service.received += `${said} ${body}\n`
      const { echo, status } = service
      // What a header can hold of it.
      const where = `https://elsewhere.example/?said=${encodeURIComponent(said)}`
      const type = echo === 'page' ? 'text/html' : 'application/json'
      const headers = { 'content-type': type, ...(echo === 'elsewhere' && { location: where }) }
      response.writeHead(echo === 'elsewhere' ? 302 : status, headers)
      response.end(echo === 'page' ? pageOf(said) : jsonOf(said))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  service.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return service
}
