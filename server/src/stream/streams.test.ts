/** Tests of the streams over real sockets: events, flows, status, slow readers, shutdown. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { flowRecord, packetEvent } from '../fakes/flow-record.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import { openSse } from '../fakes/sse-client.ts'
import { MAX_STREAMS } from './sse.ts'

let running: RunningServer
let stopped = false
beforeEach(async () => {
  running = await startServer()
  stopped = false
})
afterEach(async () => {
  if (!stopped) await running.stop()
})

const open = (path: string) => openSse(running.server.url(), path, running.token)
const watches = (agent: ReturnType<RunningServer['agent']>) =>
  agent.commands.flatMap((command) => (command.name === 'events.watch' ? [command.on] : []))

test('asks the agent for events only while somebody watches, also after a reconnect', async () => {
  const agent = running.agent()
  await agent.start()
  await until(() => watches(agent).length === 1)
  const [one, two] = [open('/events'), open('/events?port=53')]
  await until(() => watches(agent).length === 2)
  await agent.stop()
  await agent.start()
  await until(() => watches(agent).length === 3)
  one.close()
  two.close()
  await until(() => watches(agent).length === 4)
  expect(watches(agent)).toEqual([false, true, true, false])
  await agent.stop()
})

test('streams events as they come, to each client what it asked for', async () => {
  const agent = running.agent()
  await agent.start()
  const [all, dns] = [open('/events'), open('/events?port=53&proto=udp')]
  await until(() => all.head && dns.head)
  expect(all.head).toContain('content-type: text/event-stream')
  expect(all.head).toContain('x-content-type-options: nosniff')
  agent.events(
    [packetEvent({ dstPort: 443 }), packetEvent({ dstPort: 53, protocol: 17 })],
    1_700_000_000_000,
  )
  agent.events([packetEvent({ dstPort: 80 })])
  await until(() => all.messages.length === 3 && dns.messages.length === 1)
  const seqOf = ({ data }: { data: string }) => (JSON.parse(data) as { seq: number }).seq
  expect(all.messages.map(seqOf)).toEqual([1, 2, 3])
  expect(dns.messages.map(seqOf)).toEqual([2])
  expect(Object.keys(JSON.parse(all.messages[0]!.data))).toEqual([
    'time',
    'seq',
    'src',
    'dst',
    'proto',
    'action',
    'direction',
    'srcPort',
    'dstPort',
    'length',
    'packets',
    'interface',
    'vlan',
    'tcpFlags',
  ])
  all.close()
  dns.close()
  await agent.stop()
})

test('a client that does not read loses events, the others none, and memory stays bounded', async () => {
  const agent = running.agent()
  await agent.start()
  const [slow, quick] = [open('/events'), open('/events')]
  await until(() => slow.head && quick.head)
  slow.pause()
  const some = Array.from({ length: 5000 }, () => packetEvent())
  let sent = 0
  const lostSoFar = async () => {
    const { body } = await running.server.app.inject('/metrics')
    return Number(/^netscope_stream_events_lost_total (\d+)$/m.exec(body)?.[1])
  }
  while ((await lostSoFar()) === 0 && sent < 500_000) {
    const seq = agent.events(some)
    sent += some.length
    await until(() => agent.acked >= seq && quick.messages.length === sent)
  }
  const lost = await lostSoFar()
  expect(lost).toBeGreaterThan(0)
  expect(quick.messages).toHaveLength(sent)
  slow.resume()
  await until(() => slow.messages.some(({ event }) => event === 'lost'))
  const told = slow.messages.filter(({ event }) => event === 'lost')
  expect(told.map(({ data }) => data)).toEqual([`{"lost":${lost}}`])
  expect(slow.messages.length - told.length).toBe(sent - lost)
  slow.close()
  quick.close()
  await agent.stop()
})

test('streams flows at once and every second, the same body as the query', async () => {
  const agent = running.agent()
  await agent.start()
  agent.flows([flowRecord({ slot: 1, dstPort: 53 }), flowRecord({ slot: 2 })])
  const client = open('/api/v1/flows/stream?port=53')
  await until(() => client.messages.length >= 2)
  const { body } = await running.server.app.inject('/api/v1/flows?port=53')
  expect(client.messages.at(-1)).toEqual({ event: 'flows', data: body })
  client.close()
  await agent.stop()
})

test('streams the status at once and every second', async () => {
  const agent = running.agent()
  await agent.start()
  const seq = agent.status(fakeStatus())
  await until(() => agent.acked >= seq)
  const client = open('/api/v1/status/stream')
  await until(() => client.messages.length >= 2)
  expect(client.messages[0]?.event).toBe('status')
  expect(JSON.parse(client.messages[0]!.data)).toMatchObject({ agentConnected: true, activeIps: 4 })
  client.close()
  await agent.stop()
})

test('a stream is refused like any other request when it is asked wrongly', async () => {
  const client = open('/events?port=http')
  await until(() => client.closed)
  expect(client.head).toContain('400 Bad Request')
})

test('more streams than it can serve are refused, and served once others have gone', async () => {
  const clients = Array.from({ length: MAX_STREAMS }, () => open('/api/v1/status/stream'))
  await until(() => clients.every(({ head }) => head))
  const paths = ['/events', '/api/v1/flows/stream', '/api/v1/status/stream']
  const refused = paths.map((path) => open(path))
  await until(() => refused.every(({ closed }) => closed))
  for (const { head } of refused) expect(head).toContain('503 Service Unavailable')
  clients[0]?.close()
  await until(async () => {
    const { body } = await running.server.app.inject('/metrics')
    return body.includes(`netscope_stream_connections ${MAX_STREAMS - 1}`)
  })
  const next = open('/events')
  await until(() => next.head.includes('200 OK'))
  for (const client of [...clients, next]) client.close()
})

test('ends streams and connections when it stops', async () => {
  const agent = running.agent()
  await agent.start()
  const clients = [open('/events'), open('/api/v1/status/stream')]
  await until(() => clients.every(({ head }) => head))
  await running.stop()
  stopped = true
  await until(() => clients.every(({ closed }) => closed) && agent.closed)
})
