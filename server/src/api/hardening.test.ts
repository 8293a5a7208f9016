/** What hostile clients send over real sockets is refused, and leaks nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FakeAgent } from '../fakes/fake-agent.ts'
import { sendRaw } from '../fakes/raw-http.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let folder: string
let running: RunningServer
let agent: FakeAgent
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-hardening-'))
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>page')
  writeFileSync(join(folder, 'secret.txt'), 'root:secret')
  running = await startServer({ webRoot: join(folder, 'page') })
  agent = running.agent()
  await agent.start()
})
afterAll(async () => {
  await agent.stop()
  await running.stop()
  rmSync(folder, { recursive: true })
})

const HOST = 'Host: 127.0.0.1\r\n'
const raw = (head: string, body = '', waitMs?: number) =>
  sendRaw(running.server.url(), [head, body], waitMs)
const authorized = () => `${HOST}Authorization: Bearer ${running.token}\r\nConnection: close\r\n`
const post = (path: string, headers: string, body: string) =>
  raw(`POST ${path} HTTP/1.1\r\n${authorized()}${headers}\r\n`, body)
const codeOf = (body: string): unknown => (JSON.parse(body) as { code?: unknown }).code

describe('paths', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%252e%252e/secret.txt',
    '/..%5csecret.txt',
    '/assets/%00../secret.txt',
    '/docs/static/../../../../../../etc/passwd',
    '/docs/static/..%2f..%2f..%2f..%2fetc%2fpasswd',
    '//etc/passwd',
    '/./../secret.txt',
    'file:///etc/passwd',
    'http://127.0.0.1/../secret.txt',
    '/api/v1/devices/..%2f..%2fsecret.txt',
    '/api/v1/../../secret.txt',
  ])('%s leads nowhere', async (path) => {
    const { status, body } = await raw(`GET ${path} HTTP/1.1\r\n${authorized()}\r\n`)
    expect(body).not.toContain('root:')
    expect(status === 200 ? body : '<!doctype html>page').toContain('<!doctype html>page')
    expect(status).toBeLessThan(500)
    expect(status).toBeGreaterThan(0)
  })
})

describe('bodies', () => {
  const JSON_TYPE = 'Content-Type: application/json\r\n'

  test('longer than allowed: 413, before it is read', async () => {
    const { status, body } = await post(
      '/blacklist',
      `${JSON_TYPE}Content-Length: 90000000\r\n`,
      '{',
    )
    expect([status, codeOf(body)]).toEqual([413, 'request.too-large'])
    const chunk = 'x'.repeat(60_000)
    const chunks = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(3)
    const chunked = await post('/blacklist', `${JSON_TYPE}Transfer-Encoding: chunked\r\n`, chunks)
    expect(chunked.status).toBe(413)
  })

  test.each([
    ['{"ip":', 400],
    ['[]', 400],
    ['"x"', 400],
    ['{"ip":{}}', 400],
    ['{"__proto__":{"x":1},"ip":"192.0.2.1"}', 400],
    ['{"constructor":{"prototype":{"x":1}},"ip":"192.0.2.1"}', 400],
    ['['.repeat(60_000), 400],
    [`{"ip":"${'1'.repeat(60_000)}"}`, 400],
    ['{"ip":"192.0.2.1\\u0000"}', 400],
    ['\u00ff\u00fe', 400],
  ])('%j is refused in words', async (text, status) => {
    const body = Buffer.from(text)
    const answer = await post('/blacklist', `${JSON_TYPE}Content-Length: ${body.length}\r\n`, text)
    expect(answer.status).toBe(status)
    expect(answer.body).toContain('"code":')
    expect(answer.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/)
  })

  test.each(['text/xml', 'multipart/form-data; boundary=x', 'application/jsonx', 'x\u0001'])(
    'of type %j: 415 or 400',
    async (type) => {
      const answer = await post(
        '/blacklist',
        `Content-Type: ${type}\r\nContent-Length: 2\r\n`,
        '{}',
      )
      expect([400, 415]).toContain(answer.status)
    },
  )
})

describe('requests that are none', () => {
  test.each([
    ['nonsense\r\n\r\n', 400],
    ['GET / HTTP/9.9\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\n\r\n`, 400],
    [`GET /health HTTP/1.1\r\n${HOST}Host: evil.example\r\nConnection: close\r\n\r\n`, 400],
    [`GET /health HTTP/1.1\r\n${HOST}X: a\u0000b\r\n\r\n`, 400],
    [`GET /health HTTP/1.1\r\n${HOST}X : a\r\n\r\n`, 400],
    [
      `POST /blacklist HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [`POST /blacklist HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, 400],
    [`POST /blacklist HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [`GET /health HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ])('%j', async (text, status) => {
    const answer = await raw(text)
    expect(answer.status).toBe(status)
    expect(answer.body).not.toMatch(/node_modules|\.ts:/)
  })

  test('after a good one on the same connection as well', async () => {
    const good = `GET /health HTTP/1.1\r\n${HOST}\r\n`
    const long = `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`
    const socket = connect(Number(new URL(running.server.url()).port), '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    socket.on('error', () => undefined)
    socket.write(good)
    await until(() => text.includes('uptimeSeconds'))
    socket.write(long)
    await until(() => text.includes('HTTP/1.1 431 '))
    socket.destroy()
  })

  test.each(['TRACE', 'CONNECT', 'PROPFIND', 'PUT', 'PATCH', 'FOO'])(
    'method %s gets no further',
    async (method) => {
      const { status, closed } = await raw(`${method} /health HTTP/1.1\r\n${authorized()}\r\n`)
      expect(closed ? [0, 400, 404, 405] : []).toContain(status)
    },
  )
})

describe('headers of answers', () => {
  test.each([
    '/blacklist?ip=%0d%0aSet-Cookie:%20x=1',
    '/api/v1/%0d%0aSet-Cookie:%20x=1',
    '/api/v1/agents/%0d%0aSet-Cookie:%20x=1',
    '/%0d%0aLocation:%20http://evil.example',
    '/docs?x=%0d%0aX-Evil:%201',
  ])('nothing of %s is in them', async (path) => {
    const { head, status } = await raw(`GET ${path} HTTP/1.1\r\n${authorized()}\r\n`)
    expect(head).not.toMatch(/^(set-cookie|location: http|x-evil)/im)
    expect(status).toBeLessThan(500)
  })
})

test('headers that come drop by drop end with 408', async () => {
  const startedAt = performance.now()
  const { status, closed } = await raw(`GET /health HTTP/1.1\r\n${HOST}X: `, '', 40_000)
  expect([status, closed]).toEqual([408, true])
  expect(performance.now() - startedAt).toBeLessThan(28_000)
})

test('OPTIONS says what a path takes, HEAD is GET without a body, and others are told', async () => {
  const options = await raw(`OPTIONS /blacklist HTTP/1.1\r\n${authorized()}\r\n`)
  expect(options.status).toBe(204)
  expect(options.head).toMatch(/^allow: DELETE, GET, HEAD, POST, OPTIONS\r?$/im)
  expect(options.head).not.toMatch(/access-control/i)
  const head = await raw(`HEAD /health HTTP/1.1\r\n${authorized()}\r\n`)
  expect([head.status, head.body]).toEqual([200, ''])
  expect(head.head).toMatch(/^content-length: [1-9]/im)
  const put = await raw(`PUT /api/v1/devices/x HTTP/1.1\r\n${authorized()}\r\n`)
  expect([put.status, codeOf(put.body)]).toEqual([405, 'request.method-not-allowed'])
  expect(put.head).toMatch(/^allow: /im)
})
