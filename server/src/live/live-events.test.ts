/** Packets by the filters of flows. */
import { expect, test } from 'vitest'
import { openBatch } from '../ingest/batch.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { batch, packetEvent } from '../fakes/flow-record.ts'
import { createEventLine } from '../stream/event-line.ts'
import { createEventStream } from '../stream/event-stream.ts'
import { createLiveEvents } from './live-events.ts'

const CONTEXT = {
  agent: 'a',
  wallOffsetMs: 0,
  interfaceName: () => 'eth0',
  text: () => '',
  process: () => undefined,
}

const create = () => {
  const watched: boolean[] = []
  const stream = createEventStream(
    createEventLine(() => '00:00:00.000'),
    (on) => watched.push(on),
  )
  const payloads: Record<string, unknown>[] = []
  const taker = {
    push: (text: string) => void payloads.push(JSON.parse(text)),
    skip: () => undefined,
  }
  const events = createLiveEvents(stream, () => 0)
  const publish = (...given: Parameters<typeof packetEvent>) => {
    const opened = openBatch(batch([packetEvent(...given)]), EVENT_BYTES)
    if (typeof opened === 'string') throw new Error(opened)
    stream.publish(opened, CONTEXT)
  }
  return { watched, payloads, publish, open: (filter: string) => events.open(filter, taker) }
}

test.each([
  ['', 4],
  ['dst = 1.1.1.1', 3],
  ['ip in 192.168.0.0/16 and port = 443', 2],
  ['protocol = udp', 1],
  ['not verdict = DROP', 3],
  ['srcPort in (1, 2) or dstPort > 500', 1],
])('"%s" lets %i of four packets through', (filter, count) => {
  const { open, publish, payloads } = create()
  open(filter)
  publish()
  publish({ protocol: 17, dstPort: 53 })
  publish({ verdict: 1 })
  publish({ src: '10.0.0.1', dst: '2001:db8::1', dstPort: 853 })
  expect(payloads).toHaveLength(count)
})

test('the kernel reports packets only while somebody is there', () => {
  const { open, watched } = create()
  const end = open('')
  end()
  expect(watched).toEqual([true, false])
})

test.each(['process = curl', 'src = 1.1.1.1 and not sni = x', 'bytes > 5'])(
  'a packet has nothing for %s',
  (filter) => {
    expect(() => create().open(filter)).toThrow(/packets have only/)
  },
)
