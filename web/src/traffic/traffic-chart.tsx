/** The traffic of the last ten minutes; pointing at it reads a second. */
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import type { TrafficPoint } from '../api/status.ts'
import { formatExact, formatRate } from '../format/quantity.ts'
import { formatClock } from '../format/time.ts'
import { onThemeChange } from '../theme.ts'
import { chartOptions } from './chart-options.ts'
import { TRAFFIC_MS } from './use-traffic.ts'

export const TrafficChart = ({ points }: { points: readonly TrafficPoint[] }) => {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const [read, setRead] = useState<number | null>(null)

  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const options = chartOptions(element.clientWidth, element.clientHeight)
    const chart = new uPlot(
      {
        ...options,
        hooks: { ...options.hooks, setCursor: [(u) => setRead(u.cursor.idx ?? null)] },
      },
      dataOf([]),
      element,
    )
    plot.current = chart
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: element.clientHeight }),
    )
    resized.observe(element)
    const stopTheme = onThemeChange(() => chart.redraw(false, true))
    return () => {
      stopTheme()
      resized.disconnect()
      chart.destroy()
    }
  }, [])
  useEffect(() => {
    plot.current?.setData(dataOf(points), false)
    const last = points.at(-1)
    if (last)
      plot.current?.setScale('x', {
        min: (last.timeMs - TRAFFIC_MS) / 1000,
        max: last.timeMs / 1000,
      })
  }, [points])

  const at = read === null ? undefined : points[read]
  return (
    <figure className='chart'>
      <div ref={box} className='chart-box' role='img' aria-label={summary(points)} />
      <figcaption>
        {at ? (
          <>
            {formatClock(at.timeMs)} · in {formatRate(at.rxBytes)} · out {formatRate(at.txBytes)}
            {at.droppedPackets ? ` · ${formatExact(at.droppedPackets)} dropped` : ''}
          </>
        ) : (
          <>
            <i className='key-in' /> in <i className='key-out' /> out <i className='key-drop' />{' '}
            dropped · last 10 min
          </>
        )}
      </figcaption>
    </figure>
  )
}

const dataOf = (points: readonly TrafficPoint[]): uPlot.AlignedData => [
  points.map(({ timeMs }) => timeMs / 1000),
  points.map(({ rxBytes }) => rxBytes),
  points.map(({ txBytes }) => -txBytes),
  points.map(({ droppedPackets }) => droppedPackets),
]

const summary = (points: readonly TrafficPoint[]): string => {
  if (points.length === 0) return 'Traffic of the last ten minutes: nothing yet'
  const most = (of: (point: TrafficPoint) => number) =>
    formatRate(points.reduce((max, point) => Math.max(max, of(point)), 0))
  return `Traffic of the last ten minutes: in at most ${most((p) => p.rxBytes)}, out at most ${most((p) => p.txBytes)}`
}
