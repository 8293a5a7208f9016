/** The chart's points stay in order and within ten minutes. */
import { expect, it } from 'vitest'
import type { TrafficPoint } from '../api/status.ts'
import { appendPoint } from './use-traffic.ts'

const at = (timeMs: number): TrafficPoint => ({
  timeMs,
  rxBytes: 1,
  txBytes: 1,
  rxPackets: 1,
  txPackets: 1,
  droppedPackets: 0,
})

it('appends newer seconds only', () => {
  const points = [at(1000), at(2000)]
  expect(appendPoint(points, at(2000))).toBe(points)
  expect(appendPoint(points, at(3000)).map(({ timeMs }) => timeMs)).toEqual([1000, 2000, 3000])
})

it('forgets what is older than ten minutes', () => {
  expect(appendPoint([at(1000), at(2000)], at(601_000)).map(({ timeMs }) => timeMs)).toEqual([
    2000, 601_000,
  ])
})
