/** Tests of the points of the traffic chart. */
import { expect, test } from 'vitest'
import { createTrafficHistory } from './traffic-history.ts'

const point = (rxBytes: number) => ({
  rxBytes,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
  droppedPackets: 0,
})

test('keeps the last ten minutes in the order of time', () => {
  const history = createTrafficHistory()
  for (let second = 0; second < 700; second++) history.add('a', second * 1000 + 400, point(second))
  const points = history.points()
  expect(points).toHaveLength(600)
  expect([points[0]?.timeMs, points.at(-1)?.timeMs]).toEqual([100_400, 699_400])
})

test('forgets what is older than ten minutes, also after a gap', () => {
  const history = createTrafficHistory()
  for (const second of [0, 1, 2, 3600, 3601]) history.add('a', second * 1000, point(second))
  expect(history.points().map(({ timeMs }) => timeMs)).toEqual([3_600_000, 3_601_000])
})

test('adds up what several agents report for the same second', () => {
  const history = createTrafficHistory()
  history.add('a', 1000, point(1))
  history.add('b', 1300, point(10))
  history.add('b', 2100, point(20))
  expect(history.points().map(({ timeMs, rxBytes }) => [timeMs, rxBytes])).toEqual([
    [1000, 11],
    [2000, 20],
  ])
})
