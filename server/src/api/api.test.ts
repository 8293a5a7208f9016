/** Tests of the HTTP API: what it refuses, and what it says of the agent. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { fakeStatus } from '../fakes/fake-status.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await running.server.app.inject({
    url,
    headers: { host: 'localhost:8086', ...headers },
  })
  const isJson = String(response.headers['content-type']).includes('json')
  return {
    status: response.statusCode,
    body: isJson ? response.json() : response.body,
    headers: response.headers,
  }
}

const connected = async () => {
  const agent = running.agent()
  await agent.start()
  const seq = agent.status(fakeStatus())
  await until(() => agent.acked >= seq)
  return agent
}

test.each([
  ['/api/v1/flows?foo=1', 'foo', /no such parameter.*Allowed: state, offset, limit, sort, src/],
  ['/api/v1/flows?sort=nonsense', 'sort', /"nonsense" is none of its values/],
  ['/api/v1/flows?limit=1001', 'limit', /must be <= 1000.*whole numbers from 0 to 1000/],
  ['/api/v1/threat-intel/lookup/192.0.2.1?live=1', 'live', /must be boolean.*Allowed: true, false/],
  ['/api/v1/flows?limit=ten', 'limit', /must be integer/],
  ['/api/v1/flows?port=65536', 'port', /65535/],
  ['/api/v1/flows?port=', 'port', /must be integer/],
  ['/api/v1/flows?src=1.2.3/24', 'src', /1\.2\.3\/24.*Allowed: an address or prefix/],
  ['/api/v1/flows?ip=1.2.3.4&ip=1.2.3.5', 'ip', /must be string/],
  ['/api/v1/flows?state=dead', 'state', /live, ended, all/],
  ['/api/v1/flows?verdict=drop', 'verdict', /PASS, DROP, SKIP, SSH/],
  ['/api/v1/flows?protocol=tpc', 'protocol', /ICMP, TCP, UDP/],
  ['/api/v1/flows?pid=0', 'pid', /must be >= 1/],
  ['/api/v1/flows?process=', 'process', /fewer than 1/],
  ['/api/v1/flows/stream?limit=-1', 'limit', /must be >= 0/],
  ['/events?ip=localhost', 'ip', /address or prefix/],
  ['/events?proto=256', 'proto', /no protocol/],
  ['/events?src=1.2.3.4', 'src', /ip, port, proto, action, direction/],
  ['/blacklist?limit=10001', 'limit', /10000/],
  ['/api/v1/flows/series?step=1e309', 'step', /too large/],
])('answers %s by naming %s and what is allowed', async (url, name, words) => {
  const { status, body, headers } = await get(url)
  expect(status).toBe(400)
  expect(headers['content-type']).toContain('application/problem+json')
  expect(body).toMatchObject({
    code: 'query.invalid',
    title: 'Bad Request',
    status: 400,
    ok: false,
  })
  expect(body.detail).toContain(`Parameter ${name}:`)
  expect(`${body.detail} ${body.remedy}`).toMatch(words)
})

test.each([
  ['GET', '/api/v1/nothing', 404, 'request.not-found'],
  ['PUT', '/blacklist', 405, 'request.method-not-allowed'],
  ['GET', '/assets/gone.js', 404, 'request.not-found'],
  ['DELETE', '/blacklist?ip=192.0.2.1', 503, 'agent.away'],
  ['GET', '/%zz', 400, 'request.invalid'],
] as const)('answers %s %s by %i %s', async (method, url, status, code) => {
  const response = await running.server.app.inject({ method, url, headers: { host: 'localhost' } })
  expect(response.json()).toMatchObject({ status, code, ok: false })
  expect(response.statusCode).toBe(status)
})

describe('without an agent', () => {
  test('is alive but not ready, and says why', async () => {
    expect((await get('/health')).body).toMatchObject({
      status: 'degraded',
      degraded: ['No agent has connected yet.'],
    })
    expect(await get('/ready')).toMatchObject({
      status: 503,
      body: { ready: false, agentConnected: false },
    })
    expect((await get('/api/v1/status')).body).toEqual({
      agentConnected: false,
      serverVersion: '0.0.0',
      agents: [],
    })
    expect((await get('/api/v1/flows')).body).toEqual({ total: 0, flows: [] })
    expect((await get('/api/v1/traffic')).body).toEqual({ points: [] })
  })
})

describe('with an agent', () => {
  test('is ready, and names every missing capability', async () => {
    const agent = await connected()
    const { status, body } = await get('/ready')
    expect(status).toBe(200)
    expect(body).toMatchObject({ ready: true, agentConnected: true, degraded: [] })
    expect(body.missing).toEqual([
      { agent: 'host-a', name: 'ring buffer', ok: false, reason: 'the kernel is older than 5.8' },
    ])
    expect((await get('/health')).body).toMatchObject({ status: 'ok', agentConnected: true })
    await agent.stop()
    await until(async () => (await get('/ready')).status === 503)
    expect((await get('/health')).body).toMatchObject({
      status: 'degraded',
      degraded: ['Agent host-a is away.'],
    })
  })

  test('shows its status and the points of the chart', async () => {
    const agent = await connected()
    agent.status(fakeStatus({ timeMs: 1_700_000_001_000, degraded: ['eth1 is not counted'] }))
    await until(async () => (await get('/api/v1/traffic')).body.points.length === 2)
    expect((await get('/api/v1/status')).body).toMatchObject({
      agentConnected: true,
      activeIps: 4,
      degraded: ['eth1 is not counted'],
      agents: [{ name: 'host-a', source: 'mock', connected: true }],
    })
    expect((await get('/api/v1/traffic')).body.points[1]).toEqual({
      timeMs: 1_700_000_001_000,
      rxBytes: 10,
      txBytes: 20,
      rxPackets: 1,
      txPackets: 2,
      droppedPackets: 0,
    })
    await agent.stop()
  })

  test('shows flows with the interface names of the status, filtered, sorted and paged', async () => {
    const agent = await connected()
    agent.flows(
      [1, 2, 3].map((slot) => flowRecord({ slot, srcBytes: slot, dstPort: slot === 2 ? 80 : 443 })),
    )
    await until(async () => (await get('/api/v1/flows')).body.total === 3)
    const { body } = await get(
      '/api/v1/flows?port=443&sort=-srcBytes&limit=1&interface=eth0&protocol=tcp&ip=10.0.0.0/8',
    )
    expect(body.total).toBe(2)
    expect(body.flows).toMatchObject([
      {
        srcBytes: 3,
        interface: 'eth0',
        protocol: 'TCP',
        communityId: expect.stringMatching(/^1:/),
      },
    ])
    await agent.stop()
  })
})

describe('the page', () => {
  let folder: string
  let withPage: RunningServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netscope-page-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html>page')
    writeFileSync(join(folder, 'assets', 'app-1.js'), 'export {}')
    writeFileSync(join(folder, 'assets', 'app-1.js.br'), 'brotli')
    withPage = await startServer({ webRoot: folder })
  })
  afterAll(async () => {
    await withPage.stop()
    rmSync(folder, { recursive: true })
  })
  const page = (url: string, headers = {}) =>
    withPage.server.app.inject({ url, headers: { host: 'localhost', ...headers } })

  test.each(['/', '/flows', '/lists/deny', '/index.html'])('is served at %s', async (url) => {
    const response = await page(url)
    expect([response.statusCode, response.body]).toEqual([200, '<!doctype html>page'])
    expect(response.headers['content-type']).toContain('text/html')
    expect(response.headers['cache-control']).toBe('no-cache')
    expect(response.headers['content-security-policy']).toContain("script-src 'self'")
  })

  test('lets browsers keep files whose name has a hash, and sends them compressed', async () => {
    const plain = await page('/assets/app-1.js')
    expect([plain.statusCode, plain.body]).toEqual([200, 'export {}'])
    expect(plain.headers['cache-control']).toContain('immutable')
    const compressed = await page('/assets/app-1.js', { 'accept-encoding': 'br, gzip' })
    expect([compressed.headers['content-encoding'], compressed.body]).toEqual(['br', 'brotli'])
  })

  test.each(['/assets/gone.js', '/favicon.ico', '/api/flows', '/../package.json'])(
    'is not served at %s',
    async (url) => {
      const response = await page(url)
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
      expect(response.body).not.toContain('doctype')
    },
  )

  test.each([
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%5c..%5cetc/passwd',
  ])('never leaves its folder: %s', async (url) => {
    expect((await page(url)).body).not.toContain('root:')
  })

  test('says how to build it when it is not built', async () => {
    const { status, body } = await get('/')
    expect(status).toBe(200)
    expect(body).toContain('npm run build')
  })
})
