/** No route is reachable without its role: every route, with every kind of credentials, through real HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACCESS, accessOf, scopeOf } from '../auth/access.ts'
import { reaches, ROLES, type Role } from '../auth/principal.ts'
import { accessToken, apiToken, badTokens } from '../fakes/credentials.ts'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
let bad: Record<string, string>
beforeAll(async () => {
  running = await startServer()
  bad = await badTokens(running)
})
afterAll(() => running.stop())

/** Method and pattern of each route that there is. */
const routes = (): [string, string][] =>
  running.server.app.routeTable.routes.map(({ method, url }) => [method, url])

/** Status and code of the answer; a stream is let go as soon as it begins. */
const ask = async (method: string, url: string, token?: string) => {
  const path = url.replace(/:\w+/g, 'nobody').replace('*', 'nothing.js')
  const response = await running.fetch(path, {
    method,
    redirect: 'manual',
    headers: { authorization: token === undefined ? '' : `Bearer ${token}` },
  })
  const type = response.headers.get('content-type') ?? ''
  const isProblem = method !== 'HEAD' && type.includes('problem+json')
  const code = isProblem ? ((await response.json()) as { code: string }).code : ''
  if (!isProblem) await response.body?.cancel()
  return { status: response.status, code }
}
const isRefused = ({ status, code }: { status: number; code: string }) =>
  status === 401 || (status === 403 && code !== 'auth.not-yours')

test('every route is in the table, and every line of the table is a route', () => {
  const there = new Set(
    routes().map(([method, url]) => `${method === 'HEAD' ? 'GET' : method} ${url}`),
  )
  expect(
    [...there].filter((route) => accessOf(...(route.split(' ') as [string, string])) === undefined),
  ).toEqual([])
  // The page is not built here.
  expect(Object.keys(ACCESS).filter((route) => !there.has(route))).toEqual(['GET /*'])
  expect(there.size).toBeGreaterThan(40)
})

test('a route that is not in the table cannot be added', () => {
  expect(() => running.server.app.get('/api/v1/forgotten', async () => 'open')).toThrow(
    /already listening|not in server\/src\/auth\/access.ts/,
  )
})

test('without credentials only what is public answers', async () => {
  for (const [method, url] of routes()) {
    const isPublic = accessOf(method, url) === 'public'
    const { status, code } = await ask(method, url)
    const isOut = status === 401 && (method === 'HEAD' || code === 'auth.required')
    // A refresh without a token is told so by the route itself.
    if (url === '/api/v1/auth/refresh') expect(isOut).toBe(true)
    else expect(`${method} ${url} ${isOut}`).toBe(`${method} ${url} ${!isPublic}`)
  }
})

test.each(ROLES)('a %s reaches exactly what its role may', async (role: Role) => {
  for (const [method, url] of routes()) {
    const access = accessOf(method, url)
    if (access === 'public' || access === undefined) continue
    for (const token of [await accessToken(running, role), apiToken(running, role)]) {
      const answer = await ask(method, url, token)
      const expected = !reaches(role, access)
      expect(`${method} ${url} ${isRefused(answer)}`).toBe(`${method} ${url} ${expected}`)
      if (expected) expect(answer.status).toBe(403)
    }
  }
})

test('no route takes credentials that are not good', async () => {
  for (const [name, token] of Object.entries(bad)) {
    for (const [method, url] of routes()) {
      if (accessOf(method, url) === 'public') continue
      const { status } = await ask(method, url, token)
      expect(`${name}: ${method} ${url} ${status}`).toBe(`${name}: ${method} ${url} 401`)
    }
  }
})

describe('a token that is confined', () => {
  test.each(['metrics', 'flows', 'lists'])('to %s reaches nothing else', async (scope) => {
    const token = apiToken(running, 'admin', [scope])
    for (const [method, url] of routes()) {
      if (accessOf(method, url) === 'public') continue
      const answer = await ask(method, url, token)
      const isOutside = scopeOf(url) !== scope
      expect(`${method} ${url} ${isRefused(answer)}`).toBe(`${method} ${url} ${isOutside}`)
    }
  })
})

test('a refusal says nothing of what is behind it', async () => {
  const response = await running.fetch('/api/v1/users', { headers: { authorization: '' } })
  expect(response.headers.get('www-authenticate')).toBe('Bearer')
  const text = await response.text()
  expect(text).not.toMatch(/a-admin|node_modules|\.ts:/)
})
