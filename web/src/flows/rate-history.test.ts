/** The sparkline's memory: one minute per flow, nothing of flows that are gone. */
import type { Flow } from '@netscope/core/flow.ts'
import { expect, it } from 'vitest'
import { createRateHistory } from './rate-history.ts'

const flow = (id: string, rate: number, end = '') =>
  ({ id, srcBytesPerSecond: rate, dstBytesPerSecond: 1, end }) as unknown as Flow

it('keeps the last sixty seconds of both directions together', () => {
  const history = createRateHistory()
  for (let second = 0; second < 70; second++) history.add([flow('a', second)], second * 1000)
  expect(history.of('a')).toHaveLength(60)
  expect(history.of('a').at(-1)).toBe(70)
  expect(history.of('a')[0]).toBe(11)
})

it('shows an ended flow as silent and forgets it after a minute', () => {
  const history = createRateHistory()
  history.add([flow('a', 5), flow('b', 5)], 0)
  history.add([flow('a', 5, 'closed')], 1000)
  expect(history.of('a')).toEqual([6, 0])
  history.add([flow('a', 5)], 61_000)
  expect(history.of('b')).toEqual([])
  expect(history.size()).toBe(1)
})
