/** POST /api/v1/flows/batch over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, until } from '../../fakes/running-server.ts'
import type { RunningServer } from '../../fakes/running-server.ts'

let running: RunningServer
beforeAll(async () => {
  running = await startServer({}, {}, {}, { api: { batchBytes: 200_000 } })
})
afterAll(() => running.stop())

const FLOW = {
  src_ip: '10.0.0.9',
  dst_ip: '192.0.2.7',
  src_port: 50_000,
  dst_port: 443,
  protocol: 'TCP',
  bytes_sent: 1000,
  bytes_recv: 5000,
}

const post = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await running.fetch('/api/v1/flows/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const ended = async (agent: string) => {
  const query = new URLSearchParams({ state: 'ended', filter: `agent = "${agent}"` })
  const response = await running.fetch(`/api/v1/flows?${query.toString()}`)
  return (await response.json()) as { total: number; flows: Record<string, unknown>[] }
}

test('flows appear as ended ones of that agent, those that do not fit are named', async () => {
  const wrong = { ...FLOW, src_ip: 'nonsense' }
  const answer = await post({ agent_id: 'edge-1', flows: [FLOW, wrong, { ...FLOW, dst_port: 80 }] })
  expect(answer).toEqual({
    status: 200,
    body: { accepted: 2, rejected: [{ index: 1, reason: 'src_ip "nonsense" is no address' }] },
  })
  const { total, flows } = await ended('edge-1')
  expect(total).toBe(2)
  expect(flows.map(({ dstPort }) => dstPort).toSorted()).toEqual([443, 80])
  expect(flows[0]).toMatchObject({ agent: 'edge-1', end: 'forced', srcBytes: 1000 })
})

test('are in the history once the answer is there', async () => {
  await post({ agent_id: 'edge-2', flows: [FLOW, FLOW] })
  const query = new URLSearchParams({ from: '-1h', filter: 'agent = edge-2' })
  const response = await running.fetch(`/api/v1/flows/stored?${query.toString()}`)
  const { flows } = (await response.json()) as { flows: Record<string, unknown>[] }
  expect(flows).toMatchObject([{ src: '10.0.0.9' }, { src: '10.0.0.9' }])
})

test('a batch that comes again is taken once', async () => {
  const batch = { agent_id: 'edge-3', batch_id: 'b1', flows: [FLOW, {}] }
  const answers = [...(await Promise.all([post(batch), post(batch)])), await post(batch)]
  for (const { status, body } of answers)
    expect([status, body['accepted'], (body['rejected'] as unknown[]).length]).toEqual([200, 1, 1])
  expect((await ended('edge-3')).total).toBe(1)
  await post({ ...batch, agent_id: 'edge-4' })
  expect((await ended('edge-4')).total).toBe(1)
})

test.each([
  [{ flows: [] }, 400, 'request.invalid', /agent_id/],
  [{ agent_id: '../x', flows: [] }, 400, 'request.invalid', /agent_id/],
  [{ agent_id: 'a' }, 400, 'request.invalid', /flows/],
  [{ agent_id: 'a', flows: {} }, 400, 'request.invalid', /flows/],
  [{ agent_id: 'a', flows: Array(10_001).fill(0) }, 400, 'request.invalid', /flows/],
  [{ agent_id: 'a', flows: [], more: 1 }, 400, 'request.invalid', /more/],
  ['', 400, 'request.invalid', /body/i],
  ['[', 400, 'request.invalid', /JSON/],
  ['null', 400, 'request.invalid', /body/],
  [
    `{"agent_id":"a","flows":[${'"x",'.repeat(60_000)}1]}`,
    413,
    'request.too-large',
    /200000 bytes/,
  ],
] as const)('%j is refused', async (body, status, code, words) => {
  const answer = await post(body)
  expect([answer.status, answer.body['code']]).toEqual([status, code])
  expect(answer.body['detail']).toMatch(words)
})

test('an agent of ours reports its flows itself', async () => {
  const agent = running.agent({ agent: 'ours' })
  await agent.start()
  await until(async () => (await post({ agent_id: 'ours', flows: [FLOW] })).status === 409)
  const answer = await post({ agent_id: 'ours', flows: [FLOW] })
  expect(answer.body['code']).toBe('batch.agent-is-ours')
  await agent.stop()
})

test('a body of another type is refused with what would be right', async () => {
  const answer = await post('<x/>', { 'content-type': 'application/xml' })
  expect(answer).toMatchObject({ status: 415, body: { code: 'request.media-type' } })
})
