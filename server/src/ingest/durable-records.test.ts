/** Tests of what is acknowledged when: records of ended flows once they are durable. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeStatus } from '../fakes/fake-status.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { createMemoryFlowStore } from '../fakes/memory-flow-store.ts'
import { startServer, until } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'
import type { FlowStore, StoredBatch } from '../store/flow-store.ts'

/** A history whose batches become durable when they are told to. */
const createSlowHistory = () => {
  const waiting: { epoch: number; seq: number; settle(error?: Error): void }[] = []
  const inner = createMemoryFlowStore()
  const history: FlowStore = Object.create(inner, {
    append: {
      value: ({ epoch, seq }: StoredBatch) =>
        new Promise<void>((resolve, reject) => {
          waiting.push({ epoch, seq, settle: (error) => (error ? reject(error) : resolve()) })
        }),
    },
    lastSeq: { value: (_agent: string, epoch: number) => (epoch === 77 ? 5 : undefined) },
  }) as FlowStore
  return { history, waiting }
}

describe('records of ended flows', () => {
  let slow: ReturnType<typeof createSlowHistory>
  let server: RunningServer
  beforeEach(async () => {
    slow = createSlowHistory()
    server = await startServer({ history: slow.history })
  })
  afterEach(() => server.stop())
  const ended = (slot: number) => flowRecord({ slot, srcBytes: slot, end: 1 })
  const stored = async () => {
    const { body } = await server.server.app.inject('/api/v1/flows?state=ended&sort=srcBytes')
    return (JSON.parse(body) as { flows: { srcBytes: number }[] }).flows.map(
      (flow) => flow.srcBytes,
    )
  }

  test('are acknowledged when they are durable, and nothing behind them before', async () => {
    const agent = server.agent()
    await agent.start()
    const first = agent.flows([ended(1)])
    agent.flows([ended(2)])
    const last = agent.status(fakeStatus())
    await until(() => slow.waiting.length === 2)
    slow.waiting[1]!.settle()
    await pause(50)
    expect(agent.acked).toBeLessThan(first)
    slow.waiting[0]!.settle()
    await until(() => agent.acked >= last)
    await agent.stop()
  })

  test('that can not be stored are not acknowledged: the agent is cut off and keeps them', async () => {
    const agent = server.agent()
    await agent.start()
    const seq = agent.flows([ended(1)])
    await until(() => slow.waiting.length === 1)
    slow.waiting[0]!.settle(new Error('the store stops'))
    await until(() => agent.closed)
    expect(agent.acked).toBeLessThan(seq)
  })

  test('that wait to be durable are bounded: the agent is read no further until some are', async () => {
    const agent = server.agent()
    await agent.start()
    const many = Array.from({ length: 3000 }, (_, slot) => ended(slot))
    let last = 0
    for (let i = 0; i < 30; i++) last = agent.flows(many)
    await until(() => slow.waiting.length > 5)
    await pause(300)
    const read = slow.waiting.length
    expect(read).toBeLessThan(20)
    for (let i = 0; i < 30; i++) (await until(() => slow.waiting[i])).settle()
    await until(() => agent.acked >= last)
    await agent.stop()
  })

  test('from the spool of an agent are understood by themselves, and not shown twice', async () => {
    const agent = server.agent()
    await agent.start()
    const names = {
      wallOffsetMs: 0,
      interfaces: [[7, 'wan0']],
      texts: [[9, 'old.example']],
      processes: [],
    }
    const record = flowRecord({ slot: 1, srcBytes: 4, end: 2, dstName: 9 })
    for (let i = 0; i < 2; i++) agent.spooled(50, 3, names, [record])
    agent.spooled(77, 5, names, [ended(5)])
    const last = agent.spooled(77, 6, names, [ended(6)])
    await until(() => slow.waiting.length === 4)
    expect(slow.waiting.map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [50, 3],
      [50, 3],
      [77, 5],
      [77, 6],
    ])
    expect(await stored()).toEqual([4, 6])
    const { body } = await server.server.app.inject('/api/v1/flows?state=ended&sort=srcBytes')
    expect((JSON.parse(body) as { flows: object[] }).flows[0]).toMatchObject({
      dstName: 'old.example',
    })
    for (const { settle } of slow.waiting) settle()
    await until(() => agent.acked >= last)
    await agent.stop()
  })
})
