/** Tests of the live mirror of one agent. */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { createAgentContext } from './agent-context.ts'
import { createFlowMirror, RATE_VALID_MS } from './flow-mirror.ts'

const create = () => createFlowMirror(createAgentContext('a'))

const flowAt = (mirror: ReturnType<typeof create>, slot: number) => {
  const reader = mirror.at(slot)
  return reader && decodeFlow(reader)
}

test('shows the last record of a slot', () => {
  const mirror = create()
  const bytes = Buffer.concat([flowRecord({ srcBytes: 1 }), flowRecord({ srcBytes: 2 })])
  mirror.put(5000, bytes, 0, 10)
  mirror.put(5000, bytes, RECORD_BYTES, 20)
  expect(flowAt(mirror, 5000)).toMatchObject({ srcBytes: 2, src: '10.0.0.1', dstPort: 443 })
  expect(mirror.count).toBe(1)
})

test('has nothing at slots that were never reported or were removed', () => {
  const mirror = create()
  mirror.put(3, flowRecord(), 0, 10)
  mirror.remove(3)
  mirror.remove(3)
  mirror.remove(99_999)
  expect(mirror.at(3)).toBeUndefined()
  expect(mirror.at(4)).toBeUndefined()
  expect(mirror.at(1_000_000)).toBeUndefined()
  expect(mirror.count).toBe(0)
})

test('takes memory only where slots are used and gives it back', () => {
  const mirror = create()
  mirror.put(100_000, flowRecord(), 0, 10)
  expect(mirror.size).toBeLessThan(102_000)
  mirror.remove(100_000)
  mirror.expireRates(20)
  expect(mirror.size).toBe(0)
})

test('marks records from before a reconnect as stale and drops what is not confirmed', () => {
  const mirror = create()
  mirror.put(1, flowRecord(), 0, 10)
  mirror.put(2, flowRecord(), 0, 10)
  mirror.staleBefore(Infinity)
  expect([mirror.isStale(1), mirror.isStale(2)]).toEqual([true, true])
  mirror.staleBefore(20)
  mirror.put(1, flowRecord(), 0, 25)
  expect([mirror.isStale(1), mirror.isStale(2)]).toEqual([false, true])
  expect(mirror.dropStale()).toBe(1)
  expect(mirror.at(1)).toBeDefined()
  expect(mirror.at(2)).toBeUndefined()
})

test('ends the rate of a record that is not updated any more', () => {
  const mirror = create()
  mirror.put(1, flowRecord({ srcRate: 7, dstRate: 8 }), 0, 1000)
  mirror.put(2, flowRecord({ srcRate: 7 }), 0, 5000)
  mirror.expireRates(1000 + RATE_VALID_MS)
  expect(flowAt(mirror, 1)).toMatchObject({ srcBytesPerSecond: 7, dstBytesPerSecond: 8 })
  mirror.expireRates(1001 + RATE_VALID_MS)
  expect(flowAt(mirror, 1)).toMatchObject({ srcBytesPerSecond: 0, dstBytesPerSecond: 0 })
  expect(flowAt(mirror, 2)).toMatchObject({ srcBytesPerSecond: 7 })
})
