/** Tests of /api/v1/captures with an agent that sends what it is told. */
import { request, type IncomingMessage } from 'node:http'
import { buffer, json } from 'node:stream/consumers'
import { CAPTURE_WINDOW_BYTES } from '@netscope/core/wire.ts'
import type { Command } from '@netscope/core/wire.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FakeAgent } from '../fakes/fake-agent.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

let running: RunningServer
let agent: FakeAgent

beforeEach(async () => {
  running = await startServer({ commandTimeoutMs: 200 })
  agent = running.agent()
  await agent.start()
  await until(() => agent.commands.length > 0)
})
afterEach(async () => {
  await agent.stop()
  await running.stop()
})

const ask = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const url = new URL(path, running.server.url())
    const authorization = `Bearer ${running.token}`
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const given = { authorization, ...type, ...headers }
    request(url, { method, headers: given, agent: false }, resolve)
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body))
  })
const start = (body: unknown = {}) => ask('POST', '/api/v1/captures', body)
const problem = async (response: IncomingMessage) =>
  ((await json(response)) as { code: string }).code

const commands = <N extends Command['name']>(name: N) =>
  agent.commands.filter((one): one is Extract<Command, { name: N }> => one.name === name)
const idOf = (response: IncomingMessage) => Number(response.headers['netscope-capture'])

test('streams what the agent sends until it is over', async () => {
  const filter = { ip: '10.1.2.3/8', port: 443, protocol: 'tcp', interface: 'eth0' }
  const bounds = { seconds: 3, maxBytes: 5000, snapLength: 96, beforeBytes: 2000 }
  const response = await start({ filter, ...bounds })
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toBe('application/x-pcapng')
  expect(response.headers['content-disposition']).toMatch(/filename="capture-host-a-\d+\.pcapng"/)
  expect(commands('capture.start')).toMatchObject([
    {
      capture: idOf(response),
      filter: { ip: '10.0.0.0/8', port: 443, protocol: 6, interface: 'eth0' },
      limits: bounds,
    },
  ])
  agent.capture(idOf(response), Buffer.from('abc'))
  agent.capture(idOf(response) + 1, Buffer.from('of another one'))
  agent.capture(idOf(response), Buffer.from('def'))
  agent.capture(idOf(response))
  expect(String(await buffer(response))).toBe('abcdef')
  expect(commands('capture.stop')).toEqual([])
})

test('with a time alone, what was before may take half of the file', async () => {
  const response = await start({ beforeSeconds: 30, maxBytes: 5001 })
  expect(commands('capture.start')[0]?.limits).toMatchObject({
    beforeBytes: 2500,
    beforeSeconds: 30,
  })
  response.destroy()
  expect(await problem(await start({ beforeSeconds: 86_401 }))).toBe('request.invalid')
})

test('without anything all packets of ten seconds are captured', async () => {
  const response = await start()
  expect(commands('capture.start')).toMatchObject([
    { filter: {}, limits: { seconds: 10, maxBytes: 100_000_000, snapLength: 65_535 } },
  ])
  expect(commands('capture.start')[0]?.limits).not.toHaveProperty('beforeBytes')
  response.destroy()
})

test('a flow is captured by its key; one that is not there is not', async () => {
  agent.flows([flowRecord({ slot: 3 })])
  const flows = await until(async () => {
    const page = (await json(await ask('GET', '/api/v1/flows'))) as { flows: { id: string }[] }
    return page.flows[0]?.id
  })
  const response = await start({ flow: flows })
  const [{ filter } = { filter: {} }] = commands('capture.start')
  const key = 'key' in filter ? filter.key : ''
  expect(key).toHaveLength(96)
  const record = Buffer.from(flowRecord({ slot: 3 })).toString('hex')
  expect(record).toContain(key)
  response.destroy()
  expect(await problem(await start({ flow: 'host-a-3-zz' }))).toBe('capture.no-flow')
  expect(await problem(await start({ flow: '%' }))).toBe('capture.no-flow')
  expect(await problem(await start({ flow: flows, filter: {} }))).toBe('request.invalid')
})

test('what the agent refuses is told, and no stream begins', async () => {
  agent.answer = ({ name }) =>
    name === 'capture.start'
      ? { ok: false, code: 'capture.busy', message: 'Another capture is running on host-a.' }
      : { ok: true, result: {} }
  const response = await start()
  expect(response.statusCode).toBe(409)
  expect(await problem(response)).toBe('capture.busy')
  expect(commands('capture.stop')).toEqual([])
})

test('an agent that does not answer is told to stop', async () => {
  agent.answer = ({ name }) => (name === 'capture.start' ? undefined : { ok: true, result: {} })
  expect((await start()).statusCode).toBe(504)
  await until(() => commands('capture.stop').length === 1)
})

test.each([
  [{ filter: { ip: 'nowhere' } }, 'query.invalid'],
  [{ filter: { protocol: 'tcpp' } }, 'query.invalid'],
  [{ filter: { port: 70_000 } }, 'query.invalid'],
  [{ filter: { host: '10.0.0.1' } }, 'query.invalid'],
  [{ seconds: 601 }, 'query.invalid'],
  [{ snapLength: 4 }, 'query.invalid'],
  [{ agent: 'host-b' }, 'capture.no-agent'],
])('%j is refused', async (body, code) => {
  const response = await start(body)
  expect(response.statusCode).toBeGreaterThanOrEqual(400)
  const found = await problem(response)
  expect([code, 'request.invalid']).toContain(found)
  expect(commands('capture.start')).toEqual([])
})

test('a page of another origin can start none', async () => {
  const response = await ask('POST', '/api/v1/captures', {}, { origin: 'http://evil.example' })
  expect(response.statusCode).toBe(403)
  expect(commands('capture.start')).toEqual([])
})

test('a client that goes stops it; DELETE stops it in good order', async () => {
  const first = await start()
  first.destroy()
  await until(() => commands('capture.stop').length === 1)
  expect(commands('capture.stop')[0]?.capture).toBe(idOf(first))

  const second = await start()
  const answer = await ask('DELETE', `/api/v1/captures/${idOf(second)}`)
  expect(await json(answer)).toEqual({ ok: true, capture: idOf(second) })
  expect(commands('capture.stop')[1]?.capture).toBe(idOf(second))
  agent.capture(idOf(second), Buffer.from('end'))
  agent.capture(idOf(second))
  expect(String(await buffer(second))).toBe('end')
  const again = await ask('DELETE', `/api/v1/captures/${idOf(second)}`)
  expect(await problem(again)).toBe('capture.not-found')
})

test('the agent is told what has been read', async () => {
  const response = await start()
  const piece = Buffer.alloc(256 << 10, 1)
  const pieces = CAPTURE_WINDOW_BYTES / piece.length
  for (let i = 0; i < pieces; i++) agent.capture(idOf(response), piece)
  let received = 0
  response.on('data', (chunk: Buffer) => (received += chunk.length))
  await until(() => received === CAPTURE_WINDOW_BYTES)
  const told = await until(() => commands('capture.more').at(-1))
  expect(told.takenBytes).toBeGreaterThan(CAPTURE_WINDOW_BYTES / 4)
  expect(told.takenBytes).toBeLessThanOrEqual(CAPTURE_WINDOW_BYTES)
  response.destroy()
})

test('an agent that sends beyond the window is cut off', async () => {
  const response = await start()
  response.on('error', () => undefined)
  const piece = Buffer.alloc(1 << 20, 1)
  for (let i = 0; i < 24; i++) agent.capture(idOf(response), piece)
  await until(() => agent.closed)
  expect(JSON.stringify(running.logged)).toContain('a capture beyond what its reader has taken')
})

test('an agent that goes cuts the stream, and says so by its end', async () => {
  const response = await start()
  agent.capture(idOf(response), Buffer.from('abc'))
  await agent.stop()
  await expect(buffer(response)).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a server that stops ends its streams', async () => {
  const response = await start()
  response.on('error', () => undefined)
  const closed = new Promise((resolve) => response.once('close', resolve))
  const stopped = running.server.stop()
  await closed
  await stopped
})
