/** The last ten minutes of traffic: read once per connection, then continued from the status stream. */
import { useEffect, useState } from 'react'
import { fetchTraffic, type StatusAnswer, type TrafficPoint } from '../api/status.ts'

export const TRAFFIC_MS = 600_000

/** Adds a point in order of time; a second that is already there is not added again. */
export const appendPoint = (
  points: readonly TrafficPoint[],
  point: TrafficPoint,
): readonly TrafficPoint[] => {
  const last = points.at(-1)
  if (last && point.timeMs <= last.timeMs) return points
  return [...points.filter(({ timeMs }) => timeMs > point.timeMs - TRAFFIC_MS), point]
}

/** `connected` changes when the status stream does; the gap is then read again. */
export const useTraffic = (
  status: StatusAnswer | undefined,
  connected: boolean,
): readonly TrafficPoint[] => {
  const [points, setPoints] = useState<readonly TrafficPoint[]>([])
  useEffect(() => {
    if (!connected) return undefined
    let current = true
    fetchTraffic().then(
      (answer) => {
        const last = answer.points.at(-1)?.timeMs ?? 0
        if (current)
          setPoints((before) => [...answer.points, ...before.filter(({ timeMs }) => timeMs > last)])
      },
      // The chart then begins with the stream.
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [connected])
  useEffect(() => {
    const { timeMs, lastSecond } = status ?? {}
    if (timeMs === undefined || lastSecond === undefined) return
    setPoints((before) => appendPoint(before, { timeMs, ...lastSecond }))
  }, [status])
  return points
}
