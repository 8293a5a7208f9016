/** When observed frames are asked for, taken and no longer asked for. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createObservationPump } from './observation-pump.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const createRig = (enabled = true) => {
  const waiting: Uint8Array[] = []
  const taken: Uint8Array[] = []
  const settings: unknown[] = []
  const pump = createObservationPump(
    { enabled, httpHost: true, maxPerSecond: 700, hopsPerSecond: 70 },
    {
      ring: {
        observe: (to) => settings.push(to),
        drain: (on) => waiting.splice(0).map(on).length,
        counts: () => ({ sent: 0, skipped: 0, lost: 0 }),
      },
      take: (record) => taken.push(record),
    },
  )
  return { pump, waiting, taken, settings }
}

it('takes what comes within 50 ms, and the rest when it stops', () => {
  const { pump, waiting, taken, settings } = createRig()
  pump.start()
  expect(settings).toEqual([{ maxPerSecond: 700, http: true, hopsPerSecond: 70 }])
  waiting.push(new Uint8Array(1))
  vi.advanceTimersByTime(50)
  expect(taken).toHaveLength(1)
  waiting.push(new Uint8Array(1))
  pump.stop()
  expect(taken).toHaveLength(2)
  expect(settings.at(-1)).toMatchObject({ maxPerSecond: 0 })
  waiting.push(new Uint8Array(1))
  vi.advanceTimersByTime(1000)
  expect(taken).toHaveLength(2)
})

it('asks for nothing where it is switched off', () => {
  const { pump, settings } = createRig(false)
  pump.start()
  expect(settings).toEqual([])
})
