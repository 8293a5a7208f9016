/** Tests of the ring of ended flows. */
import { decodeFlow } from '@netscope/core/flow.ts'
import { expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { createAgentContext } from './agent-context.ts'
import { createEndedFlows } from './ended-flows.ts'

const bytesOf = (ended: ReturnType<typeof createEndedFlows>): (number | undefined)[] =>
  Array.from({ length: ended.size }, (_, position) => {
    const reader = ended.at(position)
    return reader && decodeFlow(reader).srcBytes
  })

test('keeps the last records when it is full', () => {
  const ended = createEndedFlows(3)
  const context = createAgentContext('a')
  for (let i = 1; i <= 5; i++) ended.add(flowRecord({ srcBytes: i, end: 1 }), 0, context)
  expect(bytesOf(ended).toSorted()).toEqual([3, 4, 5])
  expect(ended.total).toBe(5)
})

test('grows past its first piece of memory', () => {
  const ended = createEndedFlows(3000)
  const context = createAgentContext('a')
  for (let i = 0; i < 2500; i++) ended.add(flowRecord({ srcBytes: i }), 0, context)
  expect(bytesOf(ended)).toEqual(Array.from({ length: 2500 }, (_, i) => i))
})

test('shows each record by the agent, clock and names of its own', () => {
  const ended = createEndedFlows(3)
  const [a, b] = [createAgentContext('a'), createAgentContext('b')]
  a.name([{ ifindex: 2, name: 'eth0' }])
  a.wallOffsetMs = 1000
  ended.add(flowRecord({ firstNs: 1e9, end: 2 }), 0, a)
  ended.add(flowRecord({ firstNs: 1e9 }), 0, b)
  a.wallOffsetMs = 50_000
  const [first, second] = [0, 1].map((position) => {
    const reader = ended.at(position)
    return reader && { ...decodeFlow(reader), agent: reader.context.agent }
  })
  expect(second).toMatchObject({
    agent: 'b',
    interface: 'if2',
    firstSeen: '1970-01-01T00:00:01.000000Z',
  })
  expect(ended.at(0)).toBeDefined()
  expect(first).toMatchObject({
    agent: 'a',
    interface: 'eth0',
    firstSeen: '1970-01-01T00:00:02.000000Z',
    end: 'closed',
  })
})

test('keeps nothing with a capacity of 0', () => {
  const ended = createEndedFlows(0)
  ended.add(flowRecord(), 0, createAgentContext('a'))
  expect(ended.size).toBe(0)
  expect(ended.at(0)).toBeUndefined()
})
