/** The figures of this second beside the chart. */
import { memo } from 'react'
import type { StatusAnswer, TrafficPoint } from '../api/status.ts'
import { formatBytes, formatCount, formatExact } from '../format/quantity.ts'
import { TrafficChart } from './traffic-chart.tsx'

interface Props {
  status: StatusAnswer | undefined
  points: readonly TrafficPoint[]
}

const Chart = memo(TrafficChart)

export const Overview = ({ status, points }: Props) => {
  const now = status?.lastSecond
  return (
    <section className='overview' aria-label='Traffic'>
      <dl className='tiles'>
        <Tile label='In' tone='in' bytes={now?.rxBytes} />
        <Tile label='Out' tone='out' bytes={now?.txBytes} />
        <Tile label='Packets' count={now ? now.rxPackets + now.txPackets : undefined} unit='/s' />
        <Tile
          label='Dropped'
          tone={now?.droppedPackets ? 'drop' : ''}
          count={now?.droppedPackets}
          unit='/s'
        />
        <Tile label='Flows' count={status?.activeFlows} />
        <Tile
          label='Addresses'
          count={status?.activeIps}
          unit={status?.activeIpsAtLeast ? '+' : ''}
          title='Distinct source addresses of the last 60 s'
        />
      </dl>
      <Chart points={points} />
    </section>
  )
}

interface TileProps {
  label: string
  tone?: string
  bytes?: number | undefined
  count?: number | undefined
  unit?: string
  title?: string
}

const Tile = ({ label, tone = '', bytes, count, unit = '', title }: TileProps) => {
  const value = bytes ?? count
  const [digits = '–', prefix = ''] =
    bytes === undefined
      ? [count === undefined ? '–' : formatCount(count)]
      : formatBytes(bytes).split(' ')
  const suffix = bytes === undefined ? unit : `${prefix}/s`
  return (
    <div
      className={`tile ${tone}`}
      title={
        title ??
        (value === undefined
          ? 'Not known yet'
          : `${formatExact(value)} ${bytes === undefined ? '' : 'bytes per second'}`)
      }
    >
      <dt>{label}</dt>
      <dd>
        {digits}
        <span>{value === undefined ? '' : suffix}</span>
      </dd>
    </div>
  )
}
