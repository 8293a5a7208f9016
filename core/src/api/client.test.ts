/** Requests of the typed client. */
import { expect, expectTypeOf, test } from 'vitest'
import { createApiClient, pathOf, requestOf } from './client.ts'
import type { ApiRequest } from './client.ts'

test('fills path and query, and leaves out what is undefined', () => {
  expect(pathOf('getDevice', { path: { id: 'a/b?c' } })).toBe('/api/v1/devices/a%2Fb%3Fc')
  expect(pathOf('listFlows')).toBe('/api/v1/flows')
  expect(pathOf('getDenyList', { query: { limit: 5, match: 'a b&c' } })).toBe(
    '/blacklist?limit=5&match=a+b%26c',
  )
})

test('a body is JSON', () => {
  expect(requestOf('addToDenyList', { body: { ip: '192.0.2.1' } })).toEqual({
    method: 'POST',
    path: '/blacklist',
    body: '{"ip":"192.0.2.1"}',
  })
  expect(requestOf('getHealth')).toEqual({ method: 'GET', path: '/health' })
})

test('the answer has the type of its operation', async () => {
  const asked: ApiRequest[] = []
  const client = createApiClient(async (request) => {
    asked.push(request)
    return { ok: true, ip: '192.0.2.1' }
  })
  const changed = await client.call('removeFromDenyList', { query: { ip: '192.0.2.1' } })
  expectTypeOf(changed.ip).toEqualTypeOf<string>()
  expect([changed.ip, asked]).toEqual([
    '192.0.2.1',
    [{ method: 'DELETE', path: '/blacklist?ip=192.0.2.1' }],
  ])
})
