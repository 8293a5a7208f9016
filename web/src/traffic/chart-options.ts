/** How the traffic chart is drawn: in above, out below, dropped packets as bars at the foot. */
import type uPlot from 'uplot'
import { formatRate } from '../format/quantity.ts'
import { formatClock } from '../format/time.ts'

const color = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** The scale holds zero and leaves each side at least an eighth of the other; below is room for drops. */
export const range = (min: number, max: number): [number, number] => {
  const most = Math.max(max, -min, 1000)
  const high = Math.max(max, most / 8) * 1.08
  const low = Math.min(min, -most / 8) * 1.04
  return [low - (high - low) * 0.1, high]
}

export const chartOptions = (width: number, height: number): uPlot.Options => {
  const axis = {
    stroke: () => color('--faint'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
  }
  const grid = { stroke: () => color('--line'), width: 1 }
  const area = (name: string) => ({
    stroke: () => color(`--${name}`),
    fill: () => color(`--${name}-area`),
    width: 1.5,
    points: { show: false },
  })
  return {
    width,
    height,
    legend: { show: false },
    // To the right: half of a label of the time.
    padding: [20, 18, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_plot, min, max) => range(min, max) } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 22,
        space: 64,
        incrs: [60, 120, 300, 600],
        values: (_plot, seconds) => seconds.map((s) => formatClock(s * 1000).slice(0, 5)),
      },
      {
        ...axis,
        grid,
        size: 66,
        space: 20,
        values: (_plot, values) => values.map((v) => formatRate(Math.abs(v)).replace(/\.0+ /, ' ')),
      },
    ],
    series: [{}, area('in'), area('out')],
    hooks: { draw: [drawDrops] },
  }
}

const MOST_HEIGHT = 8
const LEAST_HEIGHT = 2
const BAR_WIDTH = 1.4

/** The fourth row of the data holds dropped packets per second: bars at the foot, to their own scale. */
const drawDrops = (plot: uPlot) => {
  const drops = plot.data[3] ?? []
  const { ctx, bbox } = plot
  const ratio = window.devicePixelRatio
  const most = Math.max(...Array.from(drops, (count) => count ?? 0), 1)
  const foot = bbox.top + bbox.height
  ctx.save()
  ctx.fillStyle = color('--drop')
  plot.data[0].forEach((seconds, i) => {
    const count = drops[i]
    if (!count) return
    const x = plot.valToPos(seconds, 'x', true)
    if (x < bbox.left) return
    const height = (LEAST_HEIGHT + (MOST_HEIGHT - LEAST_HEIGHT) * (count / most)) * ratio
    ctx.fillRect(x - (BAR_WIDTH * ratio) / 2, foot - height, BAR_WIDTH * ratio, height)
  })
  ctx.restore()
}
