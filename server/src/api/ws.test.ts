/** Live subscriptions over a real WebSocket. */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { flowRecord, packetEvent } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { openWs } from '../fakes/ws-client.ts'
import type { FakeAgent } from '../fakes/fake-agent.ts'

let running: RunningServer
let agent: FakeAgent
let bearer: { authorization: string }
beforeAll(async () => {
  running = await startServer()
  bearer = { authorization: `Bearer ${running.token}` }
  agent = running.agent()
  await agent.start()
})
afterAll(async () => {
  await agent.stop()
  await running.stop()
})

const open = (headers: Record<string, string> = bearer, protocols: string[] = []) =>
  openWs(running.server.url(), { headers, protocols })

const makeToken = async (body: object) => {
  const response = await running.server.app.inject({
    method: 'POST',
    url: '/api/v1/tokens',
    payload: { name: 'live', ...body },
  })
  return response.json<{ token: { id: string }; secret: string }>()
}

test('takes a token as header, as protocol, or in the first message', async () => {
  const { secret } = await makeToken({ role: 'viewer' })
  const clients = [
    await open({ authorization: `Bearer ${secret}` }),
    await open({}, ['bearer', secret]),
    await open({}),
  ]
  expect(clients.map(({ protocol }) => protocol)).toEqual(['', 'bearer', ''])
  clients[2]?.say('auth', { token: secret })
  for (const client of clients) {
    client.say('subscribe', { topic: 'metrics' })
    await until(() => client.ofType('subscribed').length === 1)
    client.close()
  }
})

test.each([
  ['a wrong token', { type: 'auth', payload: { token: 'nst_wrong' } }],
  ['no token', { type: 'subscribe', payload: { topic: 'flows' } }],
  ['nonsense', 'x'],
])('%s in the first message ends it', async (_words, message) => {
  const client = await open({})
  client.raw(JSON.stringify(message))
  await until(() => client.closed !== undefined)
  expect([client.closed?.[0], client.messages]).toEqual([4401, []])
})

test('says nothing for long: ends after five seconds', async () => {
  const startedAt = performance.now()
  const client = await open({})
  for (let i = 0; i < 3 && !client.closed; i++)
    await until(() => client.closed).catch(() => undefined)
  expect(client.closed).toEqual([4401, 'no token in time'])
  expect(performance.now() - startedAt).toBeGreaterThan(4000)
})

test.each(['http://evil.example', 'null'])(
  'a page of %s opens none, whatever it brings',
  async (origin) => {
    const client = await open({ ...bearer, origin })
    await until(() => client.closed !== undefined)
    client.close()
    expect(client.messages).toEqual([])
  },
)

test('flows come as they are counted, by the filter', async () => {
  const client = await open()
  client.say('subscribe', { topic: 'flows', filter: 'dstPort = 443 and src in 10.0.0.0/8' })
  await until(() => client.ofType('subscribed').length === 1)
  agent.flows([flowRecord({ slot: 1 }), flowRecord({ slot: 2, dstPort: 80 })])
  agent.flows([flowRecord({ slot: 3, end: 2 })])
  await until(() => client.ofType('flow').length === 2)
  expect(client.ofType('flow')).toMatchObject([
    { src: '10.0.0.1', dstPort: 443, end: '', agent: 'host-a' },
    { dstPort: 443, end: 'closed' },
  ])
  client.say('unsubscribe', { topic: 'flows', filter: 'dstPort = 443 and src in 10.0.0.0/8' })
  await until(() => client.ofType('unsubscribed').length === 1)
  agent.flows([flowRecord({ slot: 4 })])
  client.say('ping')
  await until(() => client.ofType('pong').length === 1)
  expect(client.ofType('flow')).toHaveLength(2)
  client.close()
})

test('a wrong filter is answered with its place, and the connection lives on', async () => {
  const client = await open()
  client.say('subscribe', { topic: 'flows', filter: 'dstPort = = 1' })
  await until(() => client.ofType('error').length === 1)
  expect(client.ofType('error')).toMatchObject([
    { code: 'query.filter', status: 400, position: expect.any(Number) },
  ])
  client.say('ping')
  await until(() => client.ofType('pong').length === 1)
  client.close()
})

test('packets, devices and figures come as messages of their own types', async () => {
  const client = await open()
  client.say('subscribe', { topic: 'events', filter: 'port = 443' })
  client.say('subscribe', { topic: 'devices' })
  client.say('subscribe', { topic: 'metrics' })
  client.say('subscribe', { topic: 'alerts' })
  await until(() => client.ofType('subscribed').length === 4)
  await until(() => agent.commands.some((of) => of.name === 'events.watch' && of.on))
  agent.events([packetEvent(), packetEvent({ dstPort: 80 })])
  agent.status(fakeStatus({ packetsPerSecond: 77 }))
  await running.fetch('/api/v1/devices', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'edge', ip: '10.9.9.9', hostname: 'printer' }),
  })
  await until(() => client.ofType('event').length > 0 && client.ofType('device').length > 0)
  await until(() => client.ofType('metrics').some((of) => of['packetsPerSecond'] === 77))
  expect(client.ofType('event')).toMatchObject([{ dst: '1.1.1.1', dstPort: 443 }])
  expect(client.ofType('device')).toContainEqual(
    expect.objectContaining({ ip: '10.9.9.9', hostname: 'printer', agent_id: 'edge' }),
  )
  client.close()
})

test('a token that is revoked ends its connection', async () => {
  const { token, secret } = await makeToken({ role: 'viewer' })
  const client = await open({ authorization: `Bearer ${secret}` })
  client.say('subscribe', { topic: 'metrics' })
  await until(() => client.ofType('metrics').length > 0)
  await running.fetch(`/api/v1/tokens/${token.id}`, { method: 'DELETE' })
  for (let i = 0; i < 2 && !client.closed; i++)
    await until(() => client.closed).catch(() => undefined)
  expect(client.closed?.[0]).toBe(4401)
})

test('a client that reads nothing costs no memory without end, and is told what it missed', async () => {
  const slow = connect(Number(new URL(running.server.url()).port), '127.0.0.1')
  slow.write(
    `GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${running.token}\r\nConnection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  let text = ''
  slow.setEncoding('latin1').on('data', (part: string) => (text += part))
  await until(() => text.includes('\r\n\r\n'))
  slow.write(maskedFrame('{"type":"subscribe","payload":{"topic":"flows","filter":"dstPort = 8"}}'))
  await until(() => text.includes('subscribed'))
  slow.pause()
  const records = Array.from({ length: 100 }, (_, slot) => flowRecord({ slot, dstPort: 8 }))
  for (let i = 0; i < 120; i++) {
    const seq = agent.flows(records)
    await until(() => agent.acked >= seq)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  text = ''
  slow.resume()
  await until(() => text.includes('"reason":"reader"'))
  // What waited is what the kernel and the bound hold, not the 25 MB that were made.
  expect(text.length).toBeLessThan(12_000_000)
  slow.destroy()
})

test('messages that are too long, binary or no frames at all end that connection only', async () => {
  const [long, binary, good] = [await open(), await open(), await open()]
  long.raw('x'.repeat(20_000))
  binary.raw(new Uint8Array(8))
  await until(() => long.closed && binary.closed)
  expect([long.closed?.[0], binary.closed?.[0]]).toEqual([1009, 1008])
  good.say('ping')
  await until(() => good.ofType('pong').length === 1)
  good.close()
})

test('without an upgrade it says what it is, and other paths do not upgrade', async () => {
  const plain = await running.fetch('/api/v1/ws')
  expect([plain.status, ((await plain.json()) as { code: string }).code]).toEqual([
    426,
    'live.upgrade',
  ])
  const socket = connect(Number(new URL(running.server.url()).port), '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  socket.write(
    'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await until(() => text.includes('\r\n'))
  socket.destroy()
  expect((await running.fetch('/health')).status).toBe(200)
})

/** A text frame of a client (RFC 6455, section 5.2), mask 0. */
const maskedFrame = (text: string): Buffer => {
  const head = Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0])
  return Buffer.concat([head, Buffer.from(text)])
}
