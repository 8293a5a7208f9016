/** Tests of what keeps other web pages out. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

const get = async (url: string, headers: Record<string, string> = {}) => {
  const { statusCode, body, ...response } = await running.server.app.inject({
    url,
    headers: { host: 'localhost:8086', ...headers },
  })
  return { status: statusCode, code: codeOf(body), headers: response.headers }
}

/** Of a problem document. */
const codeOf = (body: string): unknown => {
  try {
    return (JSON.parse(body) as { code?: unknown }).code
  } catch {
    return undefined
  }
}

const connected = async () => {
  const agent = running.agent()
  await agent.start()
  await until(() => agent.commands.length > 0)
  return agent
}

test.each([
  'localhost',
  'localhost:8086',
  '127.0.0.1:8086',
  '127.1.2.3',
  '[::1]:8086',
  'LOCALHOST',
])('answers to the host %s', async (host) => {
  expect((await get('/health', { host })).status).toBe(200)
})

test.each([
  'evil.example',
  'evil.example:8086',
  'localhost.evil.example',
  '127.0.0.1.nip.io',
  '192.168.1.5:8086',
  '[::2]',
])('refuses the host "%s" (DNS rebinding)', async (host) => {
  for (const url of ['/', '/health', '/events', '/nowhere', '/blacklist']) {
    const { status, code } = await get(url, { host })
    expect([url, status, code]).toEqual([url, 403, 'request.forbidden-host'])
  }
})

const post = (headers: Record<string, string>, payload: string) =>
  running.server.app.inject({
    method: 'POST',
    url: '/blacklist',
    headers: { host: 'localhost:8086', ...headers },
    payload,
  })

const JSON_TYPE = { 'content-type': 'application/json' }

test.each([
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:3000' },
  { origin: 'https://localhost:8086' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
])('refuses a change asked for by another site: %j', async (headers) => {
  const agent = await connected()
  const response = await post({ ...JSON_TYPE, ...headers }, '{"ip":"1.2.3.4"}')
  expect(response.json()).toMatchObject({
    status: 403,
    code: 'request.forbidden-origin',
    ok: false,
  })
  expect(agent.commands.some(({ name }) => name === 'lists.change')).toBe(false)
  await agent.stop()
})

test.each([
  { origin: 'http://evil.example' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
])('opens no stream and answers nothing for another site: %j', async (headers) => {
  for (const url of ['/events', '/api/v1/flows/stream', '/api/v1/status', '/']) {
    const { status, code } = await get(url, headers)
    expect([url, status, code]).toEqual([url, 403, 'request.forbidden-origin'])
  }
})

test('another site may link to the page', async () => {
  const link = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  expect((await get('/', link)).status).toBe(200)
})

test.each([
  {},
  { origin: 'http://localhost:8086' },
  { origin: 'http://localhost:8086', 'sec-fetch-site': 'same-origin' },
])('takes a change asked for by its own page or no page: %j', async (headers) => {
  const agent = await connected()
  const { statusCode } = await post({ ...JSON_TYPE, ...headers }, '{"ip":"1.2.3.4"}')
  expect([200, 202]).toContain(statusCode)
  await agent.stop()
})

test('sends a strict content policy and no permission for other origins', async () => {
  const { headers } = await get('/health')
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/)
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
})
