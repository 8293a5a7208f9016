/** The traffic of the last ten minutes, a point per second and agent, for the chart. */
import type { Status } from '@netscope/core/status.ts'

const KEPT_POINTS = 600
const KEPT_MS = KEPT_POINTS * 1000

export interface TrafficPoint {
  /** Milliseconds since 1970. */
  timeMs: number
  rxBytes: number
  txBytes: number
  rxPackets: number
  txPackets: number
  droppedPackets: number
}

export interface TrafficHistory {
  add(agent: string, timeMs: number, lastSecond: Status['lastSecond']): void
  /** In the order of time; with several agents their sum per second. */
  points(): TrafficPoint[]
}

export const createTrafficHistory = (): TrafficHistory => {
  const byAgent = new Map<string, TrafficPoint[]>()

  return {
    add(agent, timeMs, lastSecond) {
      const points = byAgent.get(agent) ?? []
      byAgent.set(agent, points)
      points.push({ timeMs, ...lastSecond })
      // An agent that was away for long comes back to what is old by now.
      while (points.length > KEPT_POINTS || (points[0]?.timeMs ?? 0) < timeMs - KEPT_MS)
        points.shift()
    },
    points() {
      const [first, ...others] = byAgent.values()
      const unordered = others.length === 0 ? (first ?? []) : sumPerSecond([first ?? [], ...others])
      return unordered.toSorted((a, b) => a.timeMs - b.timeMs)
    },
  }
}

const sumPerSecond = (histories: readonly TrafficPoint[][]): TrafficPoint[] => {
  const bySecond = new Map<number, TrafficPoint>()
  for (const point of histories.flat()) {
    const timeMs = Math.round(point.timeMs / 1000) * 1000
    const sum = bySecond.get(timeMs)
    if (!sum) {
      bySecond.set(timeMs, { ...point, timeMs })
      continue
    }
    sum.rxBytes += point.rxBytes
    sum.txBytes += point.txBytes
    sum.rxPackets += point.rxPackets
    sum.txPackets += point.txPackets
    sum.droppedPackets += point.droppedPackets
  }
  return [...bySecond.values()]
}
