/** How the traffic chart is drawn: in above, out below, dropped packets as ticks on the line between. */
import type uPlot from 'uplot'
import { formatRate } from '../format/quantity.ts'
import { formatClock } from '../format/time.ts'

const color = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Values of a scale that is symmetric only as far as the data is: both sides at least a tenth of the other. */
export const range = (min: number, max: number): [number, number] => {
  const most = Math.max(max, -min, 1000)
  return [Math.min(min, -most / 8) * 1.08, Math.max(max, most / 8) * 1.08]
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
    padding: [20, 4, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_plot, min, max) => range(min, max) } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 22,
        space: 64,
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

const TICK_HEIGHT = 9

/** The fourth row of the data holds dropped packets per second; it has no scale of its own. */
const drawDrops = (plot: uPlot) => {
  const drops = plot.data[3]
  const { ctx } = plot
  const zero = plot.valToPos(0, 'y', true)
  const ratio = window.devicePixelRatio
  ctx.save()
  ctx.fillStyle = color('--drop')
  plot.data[0]?.forEach((seconds, i) => {
    if (!drops?.[i]) return
    const x = plot.valToPos(seconds, 'x', true)
    ctx.fillRect(x - ratio, zero - (TICK_HEIGHT * ratio) / 2, 2 * ratio, TICK_HEIGHT * ratio)
  })
  ctx.restore()
}
