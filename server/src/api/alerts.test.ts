/** Tests of alerts over HTTP: list, filters, pages, live topic and stream. */
import type { Detection } from '@netscope/detect/detection.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { madeUpDetection, madeUpEvidence } from '../fakes/made-up-detection.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { openSse } from '../fakes/sse-client.ts'
import { openWs } from '../fakes/ws-client.ts'

let running: RunningServer
const start = async () => {
  running = await startServer()
}
const stop = () => running.stop()

type Json = Record<string, unknown>
interface Page {
  alerts: Json[]
  total: number
  suppressed: number
  nextCursor?: string
}
const get = async (path: string) => {
  const response = await running.fetch(path)
  return { status: response.status, json: (await response.json()) as Json }
}
const list = async (query: Record<string, string> = {}) =>
  (await get(`/api/v1/alerts?${new URLSearchParams(query).toString()}`)).json as unknown as Page
const ids = async (query: Record<string, string> = {}) =>
  (await list(query)).alerts.map(({ id }) => id)

const take = (given: Partial<Detection> = {}): void =>
  running.server.alerts.take(madeUpDetection(given))
/** Waits until so many are there. */
const kept = (count: number) => until(async () => (await list({ state: 'all' })).total === count)

describe('of one', () => {
  beforeEach(start)
  afterEach(stop)

  test('a detection becomes an alert, and grows', async () => {
    take()
    await kept(1)
    const { alerts } = await list()
    expect(alerts[0]).toMatchObject({
      id: 'scan-1',
      detector: 'tcp-scan',
      severity: 40,
      label: 'medium',
      confidence: 0.9,
      src: '192.0.2.7',
      dst: '10.0.0.9',
      srcPort: 0,
      dstPort: 0,
      direction: 'inbound',
      technique: 'T1046',
      firstSeen: '2026-01-15T00:00:00.000Z',
      lastSeen: '2026-01-15T00:00:05.000Z',
      count: 30,
      state: 'active',
      suppressionKey: 'tcp-scan 192.0.2.7 10.0.0.9',
      suppressedBy: '',
      falsePositive: null,
      evidence: madeUpEvidence(30),
    })
    take({ count: 50, evidence: madeUpEvidence(50), state: 'ended' })
    const grown = await until(async () => {
      const { json } = await get('/api/v1/alerts/scan-1')
      return json['count'] === 50 ? json : undefined
    })
    expect(grown).toMatchObject({ state: 'ended', evidence: madeUpEvidence(50) })
    expect((await list()).total).toBe(1)
  })

  test('what nobody found is not there', async () => {
    expect(await get('/api/v1/alerts/none')).toMatchObject({
      status: 404,
      json: { code: 'alert.unknown' },
    })
    expect(await list()).toEqual({ alerts: [], total: 0, suppressed: 0 })
  })
})

describe('of several', () => {
  const HOUR_MS = 3_600_000
  beforeAll(async () => {
    await start()
    const { firstMs, lastMs } = madeUpDetection()
    take({ id: 'a', severity: 20, source: { ip: '10.0.0.7' } })
    take({
      ...{ id: 'b', detector: 'syn-flood', severity: 80, state: 'ended' },
      ...{ firstMs: firstMs + HOUR_MS, lastMs: lastMs + HOUR_MS },
      target: { ip: '2001:db8::9', port: 443 },
    })
    take({
      ...{ id: 'c', detector: 'arp-spoof', severity: 90 },
      ...{ firstMs: firstMs + 2 * HOUR_MS, lastMs: lastMs + 2 * HOUR_MS },
      source: { mac: '3c:22:fb:00:00:01' },
    })
    await kept(3)
  })
  afterAll(stop)

  test.each([
    [{}, ['c', 'b', 'a']],
    [{ severity: 'high' }, ['c', 'b']],
    [{ severity: '81' }, ['c']],
    [{ detector: 'syn-flood' }, ['b']],
    [{ state: 'active' }, ['c', 'a']],
    [{ state: 'ended,suppressed' }, ['b']],
    [{ src: '10.0.0.0/8' }, ['a']],
    [{ src: '10.0.0.7' }, ['a']],
    [{ src: '3C-22-FB-00-00-01' }, ['c']],
    [{ dst: '2001:db8::/32' }, ['b']],
    [{ dst: '10.0.0.9' }, ['c', 'a']],
    [{ dst: '10.0.0.8' }, []],
    [{ since: '2026-01-15T01:00:00Z' }, ['c', 'b']],
    [{ since: '2026-01-15T02:00:06Z' }, []],
    [{ sort: '-severity', severity: '20' }, ['c', 'b', 'a']],
    [{ filter: 'ip = 192.0.2.7 and severity > 50' }, ['b']],
    [{ filter: 'mac = "3c:22:fb:*" or label = low' }, ['c', 'a']],
    [{ filter: 'not detector ~ flood', state: 'active' }, ['c', 'a']],
    [{ filter: 'dstPort = 443 or agent = nobody' }, ['b']],
    [{ filter: 'firstSeen < 2026-01-15T00:30:00Z' }, ['a']],
  ] as [Record<string, string>, string[]][])('%j gives %j', async (query, expected) => {
    expect(await ids(query)).toEqual(expected)
  })

  test.each([
    [{ severity: 'terrible' }, 'query.invalid'],
    [{ severity: '101' }, 'query.invalid'],
    [{ state: 'gone' }, 'query.invalid'],
    [{ src: 'nowhere' }, 'query.invalid'],
    [{ since: 'yesterday' }, 'query.invalid'],
    [{ cursor: 'WyJhIl0' }, 'query.invalid'],
    [{ filter: 'port => 5' }, 'query.filter'],
    [{ filter: 'bytes > 5' }, 'query.filter'],
  ] as [Record<string, string>, string][])('%j is refused', async (query, code) => {
    const { status, json } = await get(`/api/v1/alerts?${new URLSearchParams(query).toString()}`)
    expect([status, json['code']]).toEqual([400, code])
  })

  test.each(['-firstSeen', '-lastSeen', '-severity'])(
    'pages by %s hold each once',
    async (sort) => {
      for (const filter of ['', 'severity > 0']) {
        const seen: unknown[] = []
        let cursor = ''
        do {
          const page = await list({ sort, limit: '1', filter, ...(cursor && { cursor }) })
          expect(page.total).toBe(3)
          seen.push(...page.alerts.map(({ id }) => id))
          cursor = page.nextCursor ?? ''
        } while (cursor !== '')
        expect(seen).toEqual(['c', 'b', 'a'])
      }
    },
  )

  test('the topic gives those that go on, then what changes, by filter', async () => {
    const headers = { authorization: `Bearer ${running.token}` }
    const client = await openWs(running.server.url(), { headers, protocols: [] })
    client.say('subscribe', { topic: 'alerts', filter: 'detector = "tcp-scan"' })
    const told = () => client.ofType('alert')
    await until(() => told().length === 1)
    expect(told()[0]).toMatchObject({ id: 'a', state: 'active' })
    take({ id: 'a', severity: 20, source: { ip: '10.0.0.7' }, count: 99 })
    take({ id: 'b', detector: 'syn-flood', severity: 80, state: 'ended' })
    await until(() => told().length === 2)
    expect(told()[1]).toMatchObject({ id: 'a', count: 99 })
    client.close()
  })

  test('the stream gives the same', async () => {
    const stream = openSse(running.server.url(), '/api/v1/alerts/stream', running.token)
    await until(() => stream.messages.length === 2)
    take({ id: 'a', severity: 20, count: 100 })
    const last = await until(() => stream.messages[2])
    expect(JSON.parse(last.data)).toMatchObject({ id: 'a', count: 100 })
    stream.close()
  })
})
