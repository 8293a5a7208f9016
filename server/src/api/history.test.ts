/** Flows of the history over HTTP: what an agent sent is found, summed up and refused as it should be. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { createDuckdbStore } from '../store/duckdb-store.ts'

let running: RunningServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-history-'))
  const history = createDuckdbStore(
    {
      folder,
      memoryMb: 128,
      threads: 1,
      commitRecords: 4000,
      segmentRows: 100_000,
      retainDays: 30,
      maxBytes: 2 ** 30,
    },
    { log: pino({ level: 'silent' }) },
  )
  running = await startServer({ history })
  const agent = running.agent()
  await agent.start()
  const wallOffsetMs = Date.now() - 600_000
  agent.dictionary({ texts: [[1, 'one.example']] })
  const seq = agent.flows(
    [
      flowRecord({ slot: 1, end: 2, srcBytes: 900, dstBytes: 100, sni: 1, lastNs: 300e9 }),
      flowRecord({
        slot: 2,
        end: 1,
        srcBytes: 90,
        dstBytes: 10,
        dstPort: 53,
        protocol: 17,
        lastNs: 400e9,
      }),
      flowRecord({ slot: 3, srcBytes: 5, dstBytes: 5, lastNs: 500e9 }),
    ],
    wallOffsetMs,
  )
  await until(() => agent.acked >= seq)
})
afterAll(async () => {
  await running.stop()
  await rm(folder, { recursive: true })
})

const get = async (path: string, query: Record<string, string> = {}) => {
  const url = `${path}?${new URLSearchParams(query).toString()}`
  const response = await running.server.app.inject({ url, headers: { host: 'localhost:8086' } })
  return { status: response.statusCode, body: response.json() }
}

test('ended flows are there once they are acknowledged, newest first', async () => {
  const { status, body } = await get('/api/v1/flows/stored')
  expect(status).toBe(200)
  expect(body.flows).toMatchObject([
    { dstPort: 53, end: 'idle', agent: 'host-a', stale: false },
    { dstPort: 443, end: 'closed', sni: 'one.example' },
  ])
  expect(body.nextCursor).toBeUndefined()
})

test('a page at a time, filtered and sorted', async () => {
  const first = await get('/api/v1/flows/stored', { limit: '1', sort: 'dstPort' })
  expect(first.body.flows).toMatchObject([{ dstPort: 53 }])
  const cursor = String(first.body.nextCursor)
  const second = await get('/api/v1/flows/stored', { limit: '1', sort: 'dstPort', cursor })
  expect(second.body.flows).toMatchObject([{ dstPort: 443 }])
  const filtered = await get('/api/v1/flows/stored', { filter: 'sni ~ one and bytes >= 1kB' })
  expect(filtered.body.flows).toMatchObject([{ dstPort: 443 }])
  const earlier = await get('/api/v1/flows/stored', { from: '-2h', to: '-1h' })
  expect(earlier.body.flows).toEqual([])
})

test('the heaviest keys', async () => {
  const { body } = await get('/api/v1/flows/top', { by: 'dstPort', limit: '1' })
  expect(body).toEqual({ rows: [{ key: 443, value: 1000, bytes: 1000, packets: 30, flows: 1 }] })
})

test('amounts over time', async () => {
  const { status, body } = await get('/api/v1/flows/series', { by: 'protocol', step: '60' })
  expect(status).toBe(200)
  expect(body.stepMs).toBe(60_000)
  expect(body.startMs % 60_000).toBe(0)
  const sums = body.lines.map(({ key, values }: { key: string; values: number[] }) => [
    key,
    values.reduce((sum, value) => sum + value, 0),
  ])
  expect(sums).toEqual([
    ['TCP', 1000],
    ['UDP', 100],
  ])
})

test.each([
  ['/api/v1/flows/stored?from=yesterday', 'query.invalid', /from.*yesterday.*is no time/],
  ['/api/v1/flows/stored?from=-1h&to=-2h', 'query.invalid', /after `to`/],
  ['/api/v1/flows/stored?cursor=abc', 'query.invalid', /cursor/],
  ['/api/v1/flows/stored?cursor=WyJ4IiwxLDFd', 'query.invalid', /cursor/],
  ['/api/v1/flows/stored?filter=nonsense', 'query.filter', /nonsense/],
  ['/api/v1/flows/stored?filter=communityId%20%3D%20x', 'query.not-kept', /communityId/],
  ['/api/v1/flows/stored?sort=nonsense', 'query.invalid', /nonsense/],
  ['/api/v1/flows/top', 'query.invalid', /by/],
  ['/api/v1/flows/top?by=communityId', 'query.invalid', /by/],
  ['/api/v1/flows/series?step=1&from=-24h', 'query.invalid', /too many steps/],
])('refuses %s', async (url, code, words) => {
  const response = await running.server.app.inject({ url, headers: { host: 'localhost:8086' } })
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ code, detail: expect.stringMatching(words) })
})
