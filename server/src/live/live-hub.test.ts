/** Messages are made once per filter, bundled, and counted where there are too many. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLiveHub, FLUSH_MS, MAX_AUDIENCES } from './live-hub.ts'
import type { LiveTaker, Topic } from './live-source.ts'
import { createLiveRows } from './live-rows.ts'

const takers = new Map<string, LiveTaker>()
let opened: string[] = []
let closed: string[] = []

const source = {
  open(filter: string, taker: LiveTaker) {
    if (filter === 'bad') throw new Error('bad filter')
    opened.push(filter)
    takers.set(filter, taker)
    return () => closed.push(filter)
  },
}
const quiet = createLiveRows('x', () => [])
const create = () =>
  createLiveHub(
    { flows: source, devices: quiet, alerts: quiet, metrics: quiet, events: quiet },
    { now: Date.now },
  )

const listener = () => {
  const texts: string[] = []
  const skipped: [string, number][] = []
  return {
    texts,
    skippedCounts: skipped,
    send: (_topic: Topic, messages: readonly Buffer[]) => void texts.push(...messages.map(String)),
    skipped: (_topic: Topic, filter: string, count: number) => void skipped.push([filter, count]),
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  takers.clear()
  opened = []
  closed = []
})
afterEach(() => {
  vi.useRealTimers()
})

test('two who want the same share one source; it ends with the last of them', () => {
  const hub = create()
  hub.start()
  const [a, b] = [listener(), listener()]
  const endA = hub.subscribe('flows', 'x', a)
  const endB = hub.subscribe('flows', 'x', b)
  expect([opened, hub.audiences]).toEqual([['x'], 1])
  takers.get('x')?.push('{"n":1}')
  expect(a.texts).toEqual([])
  vi.advanceTimersByTime(FLUSH_MS)
  expect(a.texts).toEqual(['{"type":"flow","payload":{"n":1}}'])
  expect(b.texts).toEqual(a.texts)
  endA()
  expect(closed).toEqual([])
  takers.get('x')?.push('{"n":2}')
  vi.advanceTimersByTime(FLUSH_MS)
  expect([a.texts.length, b.texts.length]).toEqual([1, 2])
  endB()
  expect([closed, hub.audiences]).toEqual([['x'], 0])
  hub.stop()
})

test('what is more than 1,000 a second is counted and told', () => {
  const hub = create()
  hub.start()
  const a = listener()
  hub.subscribe('flows', '', a)
  for (let i = 0; i < 1050; i++) takers.get('')?.push('{}')
  takers.get('')?.skip(7)
  vi.advanceTimersByTime(FLUSH_MS)
  expect(a.texts).toHaveLength(1000)
  expect(a.skippedCounts).toEqual([])
  vi.advanceTimersByTime(10 * FLUSH_MS)
  expect(a.skippedCounts).toEqual([['', 57]])
  // One more is allowed for each millisecond.
  for (let i = 0; i < 1050; i++) takers.get('')?.push('{}')
  vi.advanceTimersByTime(FLUSH_MS)
  expect(a.texts).toHaveLength(2000)
  expect(hub.counts).toEqual({ sent: 2000, skipped: 57 })
  hub.stop()
})

test('a wrong filter leaves nothing behind, and there is an end of different ones', () => {
  const hub = create()
  expect(() => hub.subscribe('flows', 'bad', listener())).toThrow('bad filter')
  expect(hub.audiences).toBe(0)
  for (let i = 0; i < MAX_AUDIENCES; i++) hub.subscribe('flows', `f${i}`, listener())
  expect(() => hub.subscribe('flows', 'one more', listener())).toThrow(/All 256/)
  hub.subscribe('flows', 'f7', listener())
})
