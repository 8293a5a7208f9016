/** Rate limits, by account and by address. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { createRateLimit } from './rate-limit.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer(
    {},
    {},
    {},
    { api: { requestsPerSecond: 10, anonymousRequestsPerSecond: 5 } },
  )
})
afterAll(() => running.stop())

const burst = async (count: number, url: string, headers: Record<string, string>) => {
  const answers = []
  for (let i = 0; i < count; i++) answers.push(await running.server.app.inject({ url, headers }))
  return answers
}

test('who asks too often is told when to come again, and others are not held up', async () => {
  const made = await running.server.app.inject({
    method: 'POST',
    url: '/api/v1/tokens',
    payload: { name: 'busy', role: 'viewer' },
  })
  const { secret } = made.json<{ secret: string }>()
  const answers = await burst(40, '/health', { authorization: `Bearer ${secret}` })
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeLessThan(30)
  const last = answers.at(-1)
  expect(last?.statusCode).toBe(429)
  expect(last?.json()).toMatchObject({ code: 'request.too-many', status: 429 })
  expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0)
  expect((await running.server.app.inject('/health')).statusCode).toBe(200)
})

test('wrong credentials count against the address', async () => {
  const answers = await burst(30, '/api/v1/status', { authorization: 'Bearer nst_wrong' })
  const statuses = answers.map(({ statusCode }) => statusCode)
  expect(statuses[0]).toBe(401)
  expect(statuses.at(-1)).toBe(429)
  expect((await running.server.app.inject('/api/v1/status')).statusCode).toBe(200)
})

test('a bucket fills with time, holds two seconds, and knows everyone apart', () => {
  const limit = createRateLimit({ burstSeconds: 2 })
  const taken = (who: string, nowMs: number): number => {
    let count = 0
    try {
      for (; count < 100; count++) limit.take(who, 10, nowMs)
    } catch {
      // None left.
    }
    return count
  }
  expect([taken('a', 0), taken('b', 0), taken('a', 0)]).toEqual([20, 20, 0])
  expect([taken('a', 500), taken('a', 60_000)]).toEqual([5, 20])
  expect(limit.refused).toBe(5)
})

test('remembers a bounded number of buckets', () => {
  const limit = createRateLimit({ burstSeconds: 1 })
  limit.take('first', 1, 0)
  expect(() => limit.take('first', 1, 0)).toThrow(/More than 1 requests/)
  for (let i = 0; i < 10_000; i++) limit.take(`n${i}`, 1, 0)
  limit.take('first', 1, 0)
})
