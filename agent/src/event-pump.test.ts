/** Tests of the event pump. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { createEventPump } from './event-pump.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const createRig = (takes: () => boolean) => {
  const calls: unknown[] = []
  let pending = 0
  const sent: number[] = []
  const pump = createEventPump(
    { maxPerSecond: 500 },
    {
      events: {
        watch: (...args) => calls.push(args),
        drain: (on) => {
          const count = pending
          pending = 0
          if (count > 0) on(new Uint8Array(count * EVENT_BYTES), count)
          return count
        },
        counts: () => ({ sent: 0, skipped: 0, lost: 0 }),
      },
      send: (_records, count) => takes() && sent.push(count) > 0,
    },
  )
  return { pump, calls, sent, produce: (count: number) => void (pending += count) }
}

test('drains only while watched, with the rate of the configuration', () => {
  const { pump, calls, sent, produce } = createRig(() => true)
  produce(3)
  vi.advanceTimersByTime(100)
  pump.watch(true)
  pump.watch(true)
  produce(5)
  vi.advanceTimersByTime(60)
  expect(pump.watched()).toBe(true)
  pump.watch(false)
  produce(7)
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([5])
  expect(calls).toEqual([
    [true, 500],
    [false, 500],
  ])
})

test('counts what the uplink did not take', () => {
  let takes = false
  const { pump, sent, produce } = createRig(() => takes)
  pump.watch(true)
  produce(4)
  vi.advanceTimersByTime(30)
  takes = true
  produce(2)
  vi.advanceTimersByTime(30)
  expect([pump.lost(), sent]).toEqual([4, [2]])
})
