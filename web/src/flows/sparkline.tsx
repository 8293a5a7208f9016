/** The last minute of a flow's rate as a small area; newest at the right. */
import { memo } from 'react'
import { HISTORY_SECONDS } from './rate-history.ts'

const HEIGHT = 18
const TOP = 1.5

/** Path data of the line, scaled to its own maximum; empty for fewer than two points. */
export const linePath = (rates: readonly number[]): string => {
  if (rates.length < 2) return ''
  const most = Math.max(...rates, 1)
  const from = HISTORY_SECONDS - rates.length
  const points = rates.map((rate, i) => {
    const y = HEIGHT - 1 - (rate / most) * (HEIGHT - 1 - TOP)
    return `${from + i} ${y.toFixed(1)}`
  })
  return `M${points.join('L')}`
}

const Line = ({ path }: { path: string }) => {
  if (!path) return <svg className='spark' aria-hidden='true' />
  const start = path.slice(1, path.indexOf(' '))
  return (
    <svg
      className='spark'
      viewBox={`0 0 ${HISTORY_SECONDS - 1} ${HEIGHT}`}
      preserveAspectRatio='none'
      aria-hidden='true'
    >
      <path className='spark-area' d={`${path}V${HEIGHT}H${start}Z`} />
      <path className='spark-line' d={path} />
    </svg>
  )
}

export const Sparkline = memo(Line)
