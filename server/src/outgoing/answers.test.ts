/** Answers as odd servers give them: packed, broken off, endless, slow. */
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutgoing } from './outgoing.ts'
import type { OutgoingRequest } from './outgoing.ts'
import { pauseMs, resetAfterMs, retryAfterMs, waitMs } from './retry-after.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})
const ask = async (listener: RequestListener, of: Partial<OutgoingRequest> = {}) => {
  const made = createServer(listener)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}/`
  return createOutgoing({ allow: ['127.0.0.1'] }).request({ url, ...of })
}

it.each([
  ['gzip', gzipSync('hello')],
  ['X-GZIP', gzipSync('hello')],
  ['deflate', deflateSync('hello')],
  ['br', brotliCompressSync('hello')],
  ['identity', Buffer.from('hello')],
])('unpacks %s, though it asked for none of it', async (encoding, body) => {
  const answer = await ask(({ headers }, response) => {
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'netscope' })
    response.writeHead(200, { 'content-encoding': encoding }).end(body)
  })
  expect(String(answer.body)).toBe('hello')
})

it('unpacks no more than may be', async () => {
  const bomb = gzipSync(Buffer.alloc(4 << 20))
  const listener: RequestListener = (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
  await expect(ask(listener, { maxBytes: 100_000 })).rejects.toMatchObject({
    code: 'outgoing.large',
  })
})

it('says what is packed wrongly, and what breaks off', async () => {
  await expect(
    ask((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no')),
  ).rejects.toMatchObject({ code: 'outgoing.garbled' })
  server?.close()
  await expect(
    ask((_request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    }),
  ).rejects.toMatchObject({ code: 'outgoing.unreachable' })
})

describe('where only the status counts', () => {
  const rest = { method: 'POST', maxBytes: 10, onlyStart: true } as const
  it.each<[string, RequestListener, string]>([
    ['is longer', (_request, response) => response.end('0123456789abcdef'), '0123456789'],
    [
      'never ends',
      (_request, response) => {
        const more = () => void (response.write(Buffer.alloc(65_536, 'x')) && setImmediate(more))
        response.on('drain', more)
        more()
      },
      'xxxxxxxxxx',
    ],
    ['does not come', (_request, response) => void response.writeHead(200).write('ok'), 'ok'],
    [
      'breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('ok', () => response.destroy())
      },
      'ok',
    ],
  ])('a body that %s is cut', async (_what, listener, body) => {
    const answer = await ask(listener, rest)
    expect([answer.status, String(answer.body), answer.isCut]).toEqual([200, body, true])
  })
  it('a whole one is whole', async () => {
    const answer = await ask((_request, response) => response.end('ok'), rest)
    expect([String(answer.body), answer.isCut]).toEqual(['ok', undefined])
  })
})

describe('how long to wait', () => {
  const NOW = Date.UTC(2026, 0, 15, 12)
  const SECONDS = NOW / 1000
  it.each([
    ['7', 7000],
    ['0.25', 250],
    ['Thu, 15 Jan 2026 12:01:00 GMT', 60_000],
    ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
    ['99999999999', 86_400_000],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('Retry-After: %s', (value, ms) => expect(retryAfterMs(value, NOW)).toBe(ms))
  it.each([
    [{ 'x-ratelimit-reset-after': '64.57' }, 64_570],
    [{ 'x-ratelimit-reset': String(SECONDS + 90) }, 90_000],
    [{ 'x-ratelimit-reset': '90' }, 90_000],
    [{ 'x-ratelimit-reset': 'x' }, undefined],
    [{}, undefined],
  ])('%j', (headers, ms) => expect(resetAfterMs(headers, NOW)).toBe(ms))
  it('Retry-After goes before X-RateLimit-Reset, which counts of a good answer where nothing remains', () => {
    const headers = { 'retry-after': '5', 'x-ratelimit-reset-after': '2' }
    expect(waitMs(headers, NOW)).toBe(5000)
    expect(pauseMs({ ...headers, 'x-ratelimit-remaining': '0' }, NOW)).toBe(2000)
    expect(pauseMs({ ...headers, 'x-ratelimit-remaining': '1' }, NOW)).toBeUndefined()
    expect(pauseMs(headers, NOW)).toBeUndefined()
  })
})
