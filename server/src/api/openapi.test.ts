/** The OpenAPI document says all of every route, and is served with a page to read it on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { TAGS } from './operation.ts'

interface Operation {
  operationId: string
  tags: string[]
  summary: string
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

let running: RunningServer
let document: Document
let text: string
beforeAll(async () => {
  running = await startServer()
  text = (await running.server.app.inject('/api/v1/openapi.json')).body
  document = JSON.parse(text) as Document
})
afterAll(() => running.stop())

/** Files and the page of the document. */
const isFile = (url: string) => url === '/*' || url.startsWith('/docs')

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('every route is in the document', () => {
  const { routes } = running.server.app.routeTable
  const missing = routes
    .filter(({ method, url }) => !isFile(url) && method !== 'HEAD')
    .map(({ method, url }) => ({ method, url: url.replaceAll(/:(\w+)/g, '{$1}') }))
    .filter(({ method, url }) => document.paths[url]?.[method.toLowerCase()] === undefined)
  expect(missing).toEqual([])
  expect(operations().length).toBeGreaterThan(12)
})

test('every operation has an id of its own, a chapter, a sentence and the form of its answers', () => {
  for (const { path, method, operation } of operations()) {
    const { operationId, tags, summary, responses } = operation
    const place = `${method} ${path}`
    expect([place, operationId]).toEqual([place, expect.stringMatching(/^[a-z][A-Za-z]+$/)])
    expect([place, Object.keys(TAGS)]).toEqual([place, expect.arrayContaining(tags)])
    expect([place, tags.length, summary]).toEqual([place, 1, expect.stringMatching(/^[A-Z].*\.$/)])
    const good = Object.entries(responses).filter(([status]) => /^(2|101)/.test(status))
    expect([place, good.length > 0]).toEqual([place, true])
    for (const [status, { content }] of good)
      if (status !== '204') expect([place, Object.keys(content ?? {}).length]).toEqual([place, 1])
    expect([place, Object.keys(responses)]).toEqual([place, expect.arrayContaining(['4XX', '5XX'])])
  }
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every reference leads somewhere', () => {
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(5)
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining([...new Set(names)]),
  )
  expect(document.openapi).toBe('3.1.0')
})

test('a client that has it is told so', async () => {
  const first = await running.server.app.inject('/api/v1/openapi.json')
  const etag = String(first.headers['etag'])
  for (const [tags, status] of [
    [etag, 304],
    [`W/${etag}`, 304],
    [`"other", ${etag}`, 304],
    ['*', 304],
    ['"other"', 200],
  ] as const) {
    const headers = { 'if-none-match': tags }
    const again = await running.server.app.inject({ url: '/api/v1/openapi.json', headers })
    expect([tags, again.statusCode]).toEqual([tags, status])
    expect(again.body === '').toBe(status === 304)
  }
})

describe('the page of the document', () => {
  test('comes from this server alone', async () => {
    const { body, statusCode, headers } = await running.server.app.inject('/docs/')
    expect(statusCode).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(body).not.toMatch(/https?:\/\//)
    const files = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThan(3)
    for (const file of files) {
      const { pathname } = new URL(file, 'http://localhost/docs/')
      expect([file, (await running.server.app.inject(pathname)).statusCode]).toEqual([file, 200])
    }
  })

  test('stays in its folder', async () => {
    for (const url of ['/docs/static/..%2f..%2fpackage.json', '/docs/static/%2e%2e/index.js']) {
      const { statusCode, body } = await running.server.app.inject(url)
      expect([url, statusCode >= 400, body.includes('swagger')]).toEqual([url, true, false])
    }
  })
})
