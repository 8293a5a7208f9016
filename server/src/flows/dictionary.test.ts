/** Tests of an agent's dictionary and of its bounds. */
import { expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { createAgentDictionary } from './dictionary.ts'
import type { AgentDictionary } from './dictionary.ts'
import { createFlows } from './flows.ts'

const texts = (from: number, count: number, text = 'x') => ({
  texts: Array.from({ length: count }, (_, i): [number, string] => [from + i, `${text}${i}`]),
  processes: [],
})

test('knows what it was told, and nothing of 0 and of other ids', () => {
  const dictionary = createAgentDictionary()
  const process = { pid: 7, command: 'curl', uid: 0 }
  dictionary.add({ texts: [[1, 'a.example']], processes: [[2, process]] })
  expect([dictionary.text(1), dictionary.text(0), dictionary.text(2)]).toEqual([
    'a.example',
    '',
    '',
  ])
  expect([dictionary.process(2), dictionary.process(1)]).toEqual([process, undefined])
  dictionary.add({ texts: [[1, 'b.example']], processes: [] })
  expect([dictionary.text(1), dictionary.size]).toEqual(['b.example', 2])
})

const sweep = (dictionary: AgentDictionary, used: ReadonlySet<number>) =>
  dictionary.forget(dictionary.idle(used))

test('forgets only what two sweeps after each other found unused', () => {
  const dictionary = createAgentDictionary()
  dictionary.add(texts(1, 3))
  sweep(dictionary, new Set([1]))
  expect(dictionary.size).toBe(3)
  sweep(dictionary, new Set([1, 2]))
  expect([1, 2, 3].map((id) => dictionary.text(id))).toEqual(['x0', 'x1', ''])
  sweep(dictionary, new Set([1]))
  expect(dictionary.text(2)).toBe('x1')
  sweep(dictionary, new Set([1]))
  expect([dictionary.text(2), dictionary.size]).toEqual(['', 1])
})

test('is crowded beyond its bound, and again only after many new entries', () => {
  const dictionary = createAgentDictionary()
  dictionary.add(texts(1, 65_536))
  expect(dictionary.isCrowded).toBe(false)
  dictionary.add(texts(65_537, 1))
  expect(dictionary.isCrowded).toBe(true)
  sweep(dictionary, new Set())
  expect(dictionary.isCrowded).toBe(false)
  dictionary.add(texts(70_000, 16_384))
  expect(dictionary.isCrowded).toBe(true)
})

test('takes no more than 131,072 entries and 32 Mi characters, and counts what it refuses', () => {
  const many = createAgentDictionary()
  many.add(texts(1, 131_080))
  expect([many.size, many.refused, many.text(131_073)]).toEqual([131_072, 8, ''])
  const long = createAgentDictionary()
  long.add(texts(1, 32_800, 'y'.repeat(1024)))
  expect(long.size).toBeLessThan(32_768)
  expect(long.size + long.refused).toBe(32_800)
  for (let i = 0; i < 2; i++) sweep(long, new Set())
  long.add(texts(1, 10))
  expect(long.size).toBe(10)
})

test('keeps what live and ended flows of this run refer to, whatever comes', async () => {
  const flows = createFlows({ recentEnded: 2 }, { now: () => 1 })
  flows.connected('a', 1)
  const { mirror, context } = flows.of('a')
  flows.addToDictionary('a', {
    texts: [
      [1, 'live'],
      [2, 'ended'],
    ],
    processes: [[3, { pid: 1, command: 'c', uid: 0 }]],
  })
  mirror.put(5, flowRecord({ slot: 5, dstName: 1, srcProcess: 3 }), 0, 1)
  flows.ended.add(flowRecord({ end: 1, sni: 2 }), 0, context)
  for (let i = 0; i < 8; i++) {
    flows.addToDictionary('a', texts(10 + i * 20_000, 20_000))
    await Promise.resolve()
  }
  expect([context.text(1), context.text(2), context.process(3)?.command]).toEqual([
    'live',
    'ended',
    'c',
  ])
  expect(context.text(10)).toBe('')
  expect(flows.dictionaries.entries).toBeLessThan(110_000)
  flows.stop()
})

test('a new run of an agent has a dictionary of its own; what ended keeps its names', () => {
  const flows = createFlows({ recentEnded: 2 }, { now: () => 1 })
  flows.connected('a', 1)
  flows.addToDictionary('a', { texts: [[1, 'before']], processes: [] })
  flows.of('a').mirror.put(5, flowRecord({ slot: 5, sni: 1 }), 0, 1)
  flows.ended.add(flowRecord({ end: 1, sni: 1 }), 0, flows.of('a').context)
  flows.connected('a', 1)
  expect(flows.liveCount).toBe(1)
  flows.connected('a', 2)
  flows.addToDictionary('a', { texts: [[1, 'after']], processes: [] })
  flows.of('a').mirror.put(5, flowRecord({ slot: 5, sni: 1 }), 0, 1)
  const names = flows.sets('all').flatMap((set) => {
    const all = Array.from({ length: set.size }, (_, position) => set.at(position))
    return all.flatMap((reader) => (reader ? [reader.context.text(1)] : []))
  })
  expect(names).toEqual(['after', 'before'])
  flows.stop()
})

test('forgets nothing before the agent knows that it must tell it again', async () => {
  const told: number[] = []
  let answer = (): void => undefined
  const tellForgotten = (_agent: string, ids: readonly number[]) => {
    told.push(...ids)
    return new Promise<void>((resolve) => (answer = resolve))
  }
  const flows = createFlows({ recentEnded: 2 }, { now: () => 1, tellForgotten })
  flows.connected('a', 1)
  for (let i = 0; i < 6; i++) flows.addToDictionary('a', texts(1 + i * 20_000, 20_000))
  const { context } = flows.of('a')
  expect(told).toContain(1)
  expect(context.text(1)).not.toBe('')
  answer()
  await Promise.resolve()
  expect(context.text(1)).toBe('')
  flows.stop()
})
