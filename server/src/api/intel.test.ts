/** Tests of threat intelligence over HTTP: feeds, look-ups, who may ask. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'

let running: RunningServer
let upstream: ReturnType<typeof createServer>
let url: string
beforeEach(async () => {
  upstream = createServer((_request, response) => void response.end('185.220.101.1\n10.0.0.0/8\n'))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/list?key=s3cret`
  running = await startServer({}, {}, {}, { allow: ['127.0.0.1'] })
})
afterEach(async () => {
  await running.stop()
  upstream.close()
})

const send = async (method: string, path: string, body?: object) => {
  const headers = { 'content-type': 'application/json' }
  const init = body ? { method, headers, body: JSON.stringify(body) } : { method }
  const response = await running.fetch(path, init)
  const text = await response.text()
  return {
    status: response.status,
    json: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
  }
}

test('a feed is added, marks and blocks, shows no key, and is removed with what it blocked', async () => {
  const body = { name: 'ours', url, kind: 'c2', weight: 90, block: true, authKey: 'k3y' }
  expect((await send('POST', '/api/v1/feeds', body)).status).toBe(201)
  const { json: feed } = await send('POST', '/api/v1/feeds/ours/refresh')
  expect(feed).toMatchObject({ entries: 1, subtracted: 1, error: '', authKey: '***' })
  const detail = await send('GET', '/api/v1/feeds/ours')
  expect(detail.json['subtracted']).toEqual([
    { prefix: '10.0.0.0/8', why: '10.0.0.0/8 (private)', left: 0 },
  ])
  const blocked = async () => (await send('GET', '/blacklist')).json['ips'] as string[]
  await until(async () => (await blocked()).includes('185.220.101.1'))
  const { json: report } = await send('GET', '/api/v1/threat-intel/lookup/185.220.101.1')
  expect(report).toMatchObject({ risk: 90, live: true, asked: [] })
  running.server.alerts.take(madeUpDetection({ source: { ip: '185.220.101.1' } }))
  const alert = await until(async () => {
    const { status, json } = await send('GET', '/api/v1/alerts/scan-1')
    return status === 200 ? json : undefined
  })
  expect(alert).toMatchObject({ risk: 90, srcRisk: 90, srcFeeds: ['ours'] })
  const audit = JSON.stringify((await send('GET', '/api/v1/audit')).json)
  const all = JSON.stringify([feed, detail.json, running.logged]) + audit
  expect(audit).toContain('feed.add')
  expect(all).not.toMatch(/k3y|s3cret/)
  expect((await send('DELETE', '/api/v1/feeds/ours')).status).toBe(204)
  await until(async () => !(await blocked()).includes('185.220.101.1'))
})

test('what is private is refused, and providers say that they are off', async () => {
  expect(await send('GET', '/api/v1/threat-intel/lookup/10.0.0.1')).toMatchObject({
    ...{ status: 422, json: { code: 'intel.not-public' } },
  })
  const { json } = await send('GET', '/api/v1/threat-intel/providers')
  expect((json['providers'] as object[])[0]).toMatchObject({ name: 'internetdb', enabled: false })
  const { json: unknown } = await send('GET', '/api/v1/threat-intel/lookup/8.8.8.8')
  expect(unknown['risk']).toBeNull()
})

test.each([
  ['POST', '/api/v1/feeds', { name: 'x' }, 400, 'feed.invalid'],
  ['POST', '/api/v1/feeds', { name: '../x', url: 'http://a' }, 400, 'request.invalid'],
  ['GET', '/api/v1/feeds/none', undefined, 404, 'feed.unknown'],
  ['GET', '/api/v1/threat-intel/lookup/nobody', undefined, 400, 'query.invalid'],
] as const)('%s %s with %j is refused', async (method, path, body, status, code) => {
  expect(await send(method, path, body)).toMatchObject({ status, json: { code } })
})
