/** What is passed on to a Prometheus, and what its answers become. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createQueryPrometheus } from './query-prometheus.ts'

const GOOD = '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}'

let server: Server
let url: string
let asked: { path: string | undefined; body: string; headers: IncomingMessage['headers'] }[]
let answer: (response: ServerResponse) => void

beforeEach(async () => {
  asked = []
  answer = (response) => void response.end(GOOD)
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url, body, headers: request.headers })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prom`
})
afterEach(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

const refuse = (status: number, body: string) => (response: ServerResponse) => {
  response.statusCode = status
  response.end(body)
}

test('asks below the configured path, and gives the answer as it is', async () => {
  const query = createQueryPrometheus({ url })
  expect((await query('query_range', { query: 'up & "x"', step: '5' })).toString()).toBe(GOOD)
  expect(asked[0]).toMatchObject({
    path: '/prom/api/v1/query_range',
    body: 'query=up+%26+%22x%22&step=5',
  })
  expect(Object.keys(asked[0]?.headers ?? {})).not.toEqual(
    expect.arrayContaining(['authorization', 'cookie']),
  )
})

test.each([
  [
    400,
    '{"status":"error","error":"parse error: unexpected end"}',
    'metrics.expression',
    /unexpected end/,
  ],
  [422, '{"status":"error","error":"too many samples"}', 'metrics.expression', /too many samples/],
  [503, 'no', 'metrics.prometheus-failed', /status 503/],
  [200, '<html>', 'metrics.prometheus-failed', /status 200/],
  [200, '[]', 'metrics.prometheus-failed', /status 200/],
])('an answer of %i %s becomes %s', async (status, body, code, words) => {
  answer = refuse(status, body)
  const failure = createQueryPrometheus({ url })('query', { query: 'up' })
  await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(words) })
})

test('follows nobody elsewhere', async () => {
  answer = (response) => void response.writeHead(307, { location: 'http://192.0.2.1/' }).end()
  await expect(createQueryPrometheus({ url })('query', { query: 'up' })).rejects.toMatchObject({
    code: 'metrics.prometheus-failed',
  })
})

test('takes no answer without end, and waits for none', async () => {
  const query = createQueryPrometheus({ url, answerWithinMs: 200, maxAnswerBytes: 1000 })
  answer = (response) => void response.write('x'.repeat(2000))
  await expect(query('query', { query: 'up' })).rejects.toThrow(/more than 1000 bytes/)
  answer = () => undefined
  await expect(query('query', { query: 'up' })).rejects.toThrow(/no answer within 0.2 s/)
})

test('says that none is configured, or that it cannot be reached', async () => {
  await expect(createQueryPrometheus({ url: '' })('query', { query: 'up' })).rejects.toMatchObject({
    code: 'metrics.no-prometheus',
    status: 503,
  })
  const gone = createQueryPrometheus({ url: 'http://127.0.0.1:1' })
  await expect(gone('query', { query: 'up' })).rejects.toThrow(/cannot be reached/)
})
