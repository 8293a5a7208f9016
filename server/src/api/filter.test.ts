/** Flows by a written filter, what is said of a wrong one, and completions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
  const agent = running.agent()
  await agent.start()
  const seq = agent.flows([
    flowRecord({ slot: 1, src: '10.0.0.1', dstPort: 443, srcBytes: 2_000_000 }),
    flowRecord({ slot: 2, src: '10.0.0.2', dstPort: 53, protocol: 17 }),
    flowRecord({ slot: 3, src: '192.0.2.1', dstPort: 22, verdict: 1 }),
  ])
  await until(() => agent.acked >= seq)
})
afterAll(() => running.stop())

const get = async (path: string, query: Record<string, string>) => {
  const url = `${path}?${new URLSearchParams(query).toString()}`
  const response = await running.server.app.inject({ url, headers: { host: 'localhost:8086' } })
  return { status: response.statusCode, body: response.json() }
}

describe('GET /api/v1/flows?filter=', () => {
  test.each([
    ['', [22, 53, 443]],
    ['src in 10.0.0.0/8', [53, 443]],
    ['src in 10.0.0.0/8 and bytes > 1MB', [443]],
    ['not (protocol = udp or verdict = DROP)', [443]],
    ['port in (22, 53)', [22, 53]],
    ['agent = nobody', []],
  ])('%j', async (filter, ports) => {
    const { status, body } = await get('/api/v1/flows', { filter, sort: 'dstPort' })
    expect([status, body.total]).toEqual([200, ports.length])
    expect(body.flows.map((flow: { dstPort: number }) => flow.dstPort)).toEqual(ports)
  })

  test('goes together with the parameters', async () => {
    const { body } = await get('/api/v1/flows', { filter: 'src in 10.0.0.0/8', protocol: 'udp' })
    expect(body.total).toBe(1)
  })

  test.each(['/api/v1/flows', '/api/v1/flows/stream'])(
    'is refused with its place by %s',
    async (path) => {
      expect(await get(path, { filter: 'port = 1 and dstPrt = 443' })).toMatchObject({
        status: 400,
        body: {
          code: 'query.filter',
          detail:
            'The filter is wrong at character 14: there is no field "dstPrt"; did you mean dstPort?',
          position: 13,
          length: 6,
          suggestion: 'dstPort',
        },
      })
    },
  )
})

test('GET /api/v1/query/completions proposes what could stand there, and what there is now', async () => {
  expect(await get('/api/v1/query/completions', { text: 'verdict = d' })).toEqual({
    status: 200,
    body: { from: 10, to: 11, options: [{ text: 'DROP', kind: 'value', detail: '' }] },
  })
  const { body } = await get('/api/v1/query/completions', { text: 'interface = ', cursor: '12' })
  expect(body.options).toEqual([{ text: 'if2', kind: 'value', detail: '' }])
})
