/** Tests of the packet events that clients get. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import { batch, packetEvent } from '../fakes/flow-record.ts'
import type { FakeEvent } from '../fakes/flow-record.ts'
import { createAgentContext } from '../flows/agent-context.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { openBatch } from '../ingest/batch.ts'
import type { Batch } from '../ingest/batch.ts'
import { createEventLine } from './event-line.ts'
import type { EventFilter } from './event-match.ts'
import { createEventStream, MAX_WAITING_BYTES } from './event-stream.ts'
import { createTimeOfDay } from './time-of-day.ts'

const eventsOf = (...events: Partial<FakeEvent>[]): Batch =>
  openBatch(batch(events.map((event) => packetEvent(event))), EVENT_BYTES) as Batch

const create = () => {
  const watched: boolean[] = []
  let formatted = 0
  const line = createEventLine(createTimeOfDay(''))
  const counting: typeof line = (...args) => {
    formatted++
    return line(...args)
  }
  const stream = createEventStream(counting, (on) => watched.push(on))
  const context = createAgentContext('a')
  context.name([{ ifindex: 2, name: 'eth0' }])
  return {
    stream,
    watched,
    formatted: () => formatted,
    publish: (...events: Partial<FakeEvent>[]) => stream.publish(eventsOf(...events), context),
  }
}

const sink = () => {
  const state = { text: '', waiting: 0 }
  return {
    state,
    write: (bytes: Buffer | string) => void (state.text += bytes.toString()),
    waitingBytes: () => state.waiting,
  }
}

test('writes an event as one line with its fields in the agreed order', () => {
  const { stream, publish } = create()
  const client = sink()
  stream.add(client, {})
  publish({ timeNs: 45_296_789e6, verdict: 1, bytes: 1500, packets: 2, vlan: 7 })
  expect(client.state.text).toBe(
    'data: {"time":"12:34:56.789","seq":1,"src":"192.168.0.10","dst":"1.1.1.1","proto":"TCP",' +
      '"action":"DROP","direction":"INGRESS","srcPort":50000,"dstPort":443,"length":1500,"packets":2,' +
      '"interface":"eth0","vlan":7,"tcpFlags":2}\n\n',
  )
})

const EVENTS: Partial<FakeEvent>[] = [
  { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1, dstPort: 53, protocol: 17 },
  { src: '2001:db8::1', dst: '2001:db8::2', srcPort: 2, dstPort: 443, verdict: 2 },
  { src: '10.1.0.1', dst: '10.0.0.1', srcPort: 53, dstPort: 3, direction: 1 },
  { src: '9.9.9.9', dst: '8.8.8.8', protocol: 1, verdict: 3 },
]

test.each<[string, EventFilter, number[]]>([
  ['nothing', {}, [1, 2, 3, 4]],
  ['an address', { ip: parsePrefix('10.0.0.1') }, [1, 3]],
  ['a prefix', { ip: parsePrefix('2001:db8::/32') }, [2]],
  ['a port', { port: 53 }, [1, 3]],
  ['a protocol', { proto: 1 }, [4]],
  ['an action', { action: 'SKIP' }, [2]],
  ['a direction', { direction: 'EGRESS' }, [3]],
  ['several', { port: 53, direction: 'INGRESS' }, [1]],
])('filters by %s and keeps the numbers of events', (_what, filter, expected) => {
  const { stream, publish } = create()
  const client = sink()
  stream.add(client, filter)
  publish(...EVENTS)
  const numbers = [...client.state.text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq))
  expect(numbers).toEqual(expected)
})

test('formats an event once for all clients, and not at all for none', () => {
  const { stream, publish, formatted } = create()
  publish({}, {})
  expect(formatted()).toBe(0)
  for (const filter of [{}, {}, { port: 443 }]) stream.add(sink(), filter)
  publish({}, {})
  expect(formatted()).toBe(2)
})

test('tells when the first client comes and the last one goes', () => {
  const { stream, watched } = create()
  const [one, two] = [stream.add(sink(), {}), stream.add(sink(), { port: 1 })]
  one()
  one()
  two()
  expect(watched).toEqual([true, false])
  expect(stream.clients).toBe(0)
})

test('a client that is slow loses events, and is told how many once it has caught up', () => {
  const { stream, publish } = create()
  const [slow, quick] = [sink(), sink()]
  stream.add(slow, {})
  stream.add(quick, {})
  slow.state.waiting = MAX_WAITING_BYTES + 1
  publish({}, {})
  stream.tellLost()
  expect(slow.state.text).toBe('')
  expect(quick.state.text.match(/data: /g)).toHaveLength(2)
  slow.state.waiting = 0
  publish({})
  expect(slow.state.text).toMatch(/^event: lost\ndata: {"lost":2}\n\ndata: {"time".*"seq":3/)
  expect(stream.counts).toEqual({ written: 4, lost: 2 })
})

test('a client that caught up is told also when no further event comes', () => {
  const { stream, publish } = create()
  const slow = sink()
  stream.add(slow, {})
  slow.state.waiting = MAX_WAITING_BYTES + 1
  publish({})
  slow.state.waiting = 0
  stream.tellLost()
  stream.tellLost()
  expect(slow.state.text).toBe('event: lost\ndata: {"lost":1}\n\n')
})
