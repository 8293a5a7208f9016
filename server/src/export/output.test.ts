/** An output: gathers, tries again, keeps its bounds, counts what it loses. */
import { afterEach, expect, test } from 'vitest'
import { until } from '../fakes/running-server.ts'
import type { Outcome } from '../notify/channel.ts'
import type { ExportBatch, Exported } from './export-line.ts'
import { createLineQueue } from './line-queue.ts'
import { createOutput, retryMs } from './output.ts'
import type { Output } from './output.ts'

const line = (what: Exported, text = 'x') => ({
  ...({ what, label: 'info', text, bytes: text.length } as const),
})

const made: Output[] = []
afterEach(async () => {
  for (const output of made.splice(0)) await output.stop()
})

/** `answer` is what becomes of a batch. */
const rig = (answer: (batch: ExportBatch) => Outcome | Promise<Outcome>, queueBytes = 100_000) => {
  const batches: ExportBatch[] = []
  const changes: string[] = []
  const output = createOutput({
    sink: {
      close: async () => undefined,
      async send(batch) {
        batches.push(batch)
        return answer(batch)
      },
    },
    kind: { gatherMs: 1, batch: { lines: 3, bytes: 1000 } },
    ...{ queueBytes, now: () => 1000, random: () => 0 },
    onChange: (error) => changes.push(error),
  })
  made.push(output)
  return { output, batches, changes, texts: () => batches.flatMap(({ lines }) => lines) }
}

test('sends in batches, in order', async () => {
  const { output, batches } = rig(() => ({ kind: 'sent' }))
  for (const text of ['a', 'b', 'c', 'd']) output.add(line('flows', text))
  await until(() => output.figures().sent.flows === 4)
  expect(batches.map(({ lines }) => lines.map(({ text }) => text).join(''))).toEqual(['abc', 'd'])
  expect(output.figures()).toMatchObject({ waiting: 0, waitingBytes: 0, sentAtMs: 1000 })
})

test('tries again with the same id until it is taken, and says when that begins and ends', async () => {
  let left = 2
  const { output, batches, changes } = rig(() =>
    left-- > 0 ? { kind: 'later', reason: 'the disk is full', afterMs: 5 } : { kind: 'sent' },
  )
  output.add(line('alerts'))
  await until(() => output.figures().sent.alerts === 1)
  expect(batches).toHaveLength(3)
  expect(new Set(batches.map(({ id }) => id)).size).toBe(1)
  expect(changes).toEqual(['the disk is full', ''])
  expect(output.figures()).toMatchObject({ error: '', errorAtMs: 1000 })
})

test('what a sink rejects with is told, and tried again', async () => {
  const { output } = rig(() => Promise.reject(new Error('ENOSPC')))
  output.add(line('flows'))
  await until(() => output.figures().error !== '')
  expect(output.figures()).toMatchObject({ waiting: 1, error: 'ENOSPC' })
  expect([1, 2, 3, 50].map((attempts) => retryMs(attempts, 1))).toEqual([1000, 2000, 4000, 60_000])
})

test('what is refused is lost and counted, and the next batch goes on', async () => {
  const { output } = rig(({ lines }) =>
    lines[0]?.text === 'bad' ? { kind: 'refused', reason: 'status 400' } : { kind: 'sent' },
  )
  for (const text of ['bad', 'b', 'c', 'good']) output.add(line('flows', text))
  await until(() => output.figures().sent.flows === 1)
  expect(output.figures().lost).toEqual({ flows: 3, alerts: 0, actions: 0 })
})

test('flows leave room for alerts, and what has no room is counted', () => {
  const queue = createLineQueue(1000)
  const add = (what: Exported, count: number) =>
    Array.from({ length: count }, () => queue.add(line(what, 'x'.repeat(36)))).filter(Boolean)
      .length
  expect([add('flows', 100), add('alerts', 100), queue.size]).toEqual([7, 3, 10])
  expect(queue.take(8, 1e6)).toHaveLength(8)
  expect([queue.size, queue.bytes]).toEqual([2, 200])
  expect(queue.take(8, 40)).toHaveLength(1)
})

test('an event that is too long for any sink is lost, not tried for ever', () => {
  const { output } = rig(() => ({ kind: 'sent' }), 1e9)
  output.add(line('alerts', 'x'.repeat(65_001)))
  expect(output.figures().lost.alerts).toBe(1)
})

test('memory is bounded while nobody takes anything', async () => {
  const { output } = rig(() => new Promise<Outcome>(() => undefined), 10_000)
  for (let i = 0; i < 100_000; i++) output.add(line('flows', 'x'.repeat(50)))
  const { waitingBytes, waiting, lost } = output.figures()
  expect(waitingBytes).toBeLessThan(10_000)
  expect(waiting + lost.flows).toBe(100_000)
  made.length = 0
})

test('at the end what waits is tried once more', async () => {
  let isUp = false
  const { output } = rig(() => (isUp ? { kind: 'sent' } : { kind: 'later', reason: 'away' }))
  output.add(line('flows'))
  await until(() => output.figures().error !== '')
  output.add(line('flows'))
  isUp = true
  await output.stop()
  expect(output.figures()).toMatchObject({ sent: { flows: 2 }, waiting: 0 })
  output.add(line('flows'))
  expect(output.figures().lost.flows).toBe(1)
})
