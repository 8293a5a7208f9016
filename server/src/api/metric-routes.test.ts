/** Figures for dashboards. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.stop())

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await running.server.app.inject({ url, headers })
  return { status: response.statusCode, body: response.json(), headers: response.headers }
}

test('counts live flows by state, protocol, verdict and process', async () => {
  const agent = running.agent()
  await agent.start()
  const process = { pid: 7, command: 'curl', uid: 0 }
  agent.dictionary({ processes: [[5, process]] })
  const seq = agent.flows([
    flowRecord({ slot: 1, srcProcess: 5 }),
    flowRecord({ slot: 2, srcProcess: 5, dstProcess: 5, verdict: 1 }),
    flowRecord({ slot: 3, protocol: 17 }),
    flowRecord({ slot: 4, end: 2 }),
  ])
  await until(() => agent.acked >= seq)
  expect((await get('/api/v1/metrics/connections')).body).toEqual({
    total: 3,
    byState: { unknown: 2 },
    byProtocol: { TCP: 2, UDP: 1 },
    byVerdict: { PASS: 2, DROP: 1 },
    topProcesses: [{ process: 'curl', connections: 2 }],
  })
  await agent.stop()
})

test('says that no Prometheus is configured', async () => {
  for (const url of [
    '/api/v1/metrics/query?expr=up',
    '/api/v1/metrics/query_range?expr=up&start=1&end=2&step=1',
  ]) {
    const { status, body } = await get(url)
    expect([url, status, body.code]).toEqual([url, 503, 'metrics.no-prometheus'])
  }
})

test.each([
  ['/api/v1/metrics/query', 'expr'],
  ['/api/v1/metrics/query?expr=up&timeout=1', 'timeout'],
  ['/api/v1/metrics/query?expr=up&time=now%0d%0ax', 'time'],
  ['/api/v1/metrics/query_range?expr=up&start=1&end=2', 'step'],
])('passes on only what it knows: %s', async (url, name) => {
  const { status, body } = await get(url)
  expect([status, body.code]).toEqual([400, 'query.invalid'])
  expect(body.detail).toContain(`Parameter ${name}:`)
})
