/** What people read when a request fails. */
import { afterEach, expect, it, vi } from 'vitest'
import { ApiError, request } from './request.ts'

const answer = (status: number, body: string) =>
  vi.stubGlobal('fetch', async () => new Response(body, { status, statusText: 'Some Status' }))

const failure = async (): Promise<ApiError> => {
  const thrown = await request('/x').catch((error: unknown) => error)
  if (!(thrown instanceof ApiError)) throw new Error('it did not fail')
  return thrown
}

afterEach(() => vi.unstubAllGlobals())

it('gives the body of a good answer', async () => {
  answer(200, '{"total":3}')
  expect(await request('/x')).toEqual({ total: 3 })
})

it.each([
  ['{"detail":"not an address","remedy":"Write 10.0.0.5."}', 'not an address Write 10.0.0.5.'],
  ['{"error":"not an address"}', 'not an address'],
  ['<html>', 'The server answered 400 Some Status.'],
  ['{"detail":7}', 'The server answered 400 Some Status.'],
])('explains a refusal with the body %s', async (body, words) => {
  answer(400, body)
  expect((await failure()).message).toBe(words)
})

it('says that nobody answers', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
  const { status, message } = await failure()
  expect(status).toBe(0)
  expect(message).toContain('cannot be reached')
})

it('does not take a page for data', async () => {
  answer(200, '<html>')
  expect((await failure()).message).toBe('/x did not answer with JSON.')
})
