/** Tests of expiry: order, entries that changed meanwhile, and bounded memory. */
import { afterEach, expect, test, vi } from 'vitest'
import { createExpiry } from './expiry.ts'
import { createExpiryQueue } from './expiry-queue.ts'

afterEach(() => void vi.useRealTimers())

test('the queue gives back the earliest first', () => {
  const queue = createExpiryQueue()
  const times = Array.from({ length: 500 }, (_, i) => (i * 7919) % 503)
  times.forEach((time, row) => queue.push(time, row))
  const popped: number[] = []
  for (let next = queue.nextMs(); next < Infinity; next = queue.nextMs()) {
    expect(times[queue.pop()!]).toBe(next)
    popped.push(next)
  }
  expect(popped).toEqual(times.toSorted((a, b) => a - b))
  expect(queue.pop()).toBeUndefined()
})

const createRig = () => {
  vi.useFakeTimers({ now: 1000 })
  const expires = new Map<number, number>()
  const removed: number[] = []
  const expiry = createExpiry({
    now: Date.now,
    expiresAtMs: (_list, row) => expires.get(row) ?? 0,
    remove: (_list, rows) => rows.forEach((row) => removed.push(row)),
    size: () => expires.size,
    rows: () => Int32Array.from(expires.keys()),
  })
  const watch = (row: number, timeMs: number) => {
    expires.set(row, timeMs)
    if (timeMs > 0) expiry.watch('deny', row, timeMs)
  }
  return { expiry, expires, removed, watch }
}

test('removes each entry at its time, not before', () => {
  const { expiry, removed, watch } = createRig()
  watch(1, 3000)
  expiry.start()
  watch(2, 2000)
  vi.advanceTimersByTime(999)
  expect(removed).toEqual([])
  vi.advanceTimersByTime(1)
  expect(removed).toEqual([2])
  vi.advanceTimersByTime(1000)
  expect(removed).toEqual([2, 1])
})

test('an entry that got another time, or none, is not removed at the old one', () => {
  const { expiry, removed, watch } = createRig()
  expiry.start()
  watch(1, 2000)
  watch(1, 5000)
  watch(2, 2000)
  watch(2, 0)
  vi.advanceTimersByTime(3000)
  expect(removed).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(removed).toEqual([1])
})

test('notices within a minute that the clock has moved on', () => {
  const { expiry, removed, watch } = createRig()
  expiry.start()
  watch(1, 1000 + 3 * 3_600_000)
  vi.setSystemTime(1000 + 4 * 3_600_000)
  vi.advanceTimersByTime(60_000)
  expect(removed).toEqual([1])
})

test('waits longer than a timer can, and removes many in turns', () => {
  const { expiry, removed, watch } = createRig()
  expiry.start()
  const inTwoMonths = 1000 + 60 * 86_400_000
  for (let row = 0; row < 5000; row++) watch(row, inTwoMonths)
  vi.advanceTimersByTime(59 * 86_400_000)
  expect(removed).toEqual([])
  vi.advanceTimersByTime(86_400_000 + 10)
  expect(removed).toHaveLength(5000)
})
