/** Round trip times by class of peer: small histograms under one logarithmic scale, with median and 99th percentile. */
import { rttQuantileUs } from '@netscope/core/rtt-bucket.ts'
import type { RttHistogram } from '@netscope/core/status.ts'
import { formatCount, formatExact } from '../format/quantity.ts'
import { formatLatency } from '../format/time.ts'
import { rttScale } from './rtt-scale.ts'

const HEIGHT = 26
const GAP = 0.12

const us = (value: number | undefined): string =>
  value === undefined ? '–' : formatLatency(value / 1000)

export const RttBars = ({ histograms }: { histograms: readonly RttHistogram[] }) => {
  const scale = rttScale(histograms)
  if (!scale) return null
  return (
    <figure className='rtt-bars'>
      <figcaption className='muted small'>
        Round trip times by where the peer is, since start; each row to its own height.
      </figcaption>
      {histograms.map(({ peer, counts }, index) => {
        const samples = counts.reduce((sum, count) => sum + count, 0)
        if (samples === 0) return null
        return (
          <div key={peer} className='rtt-row'>
            <span>{peer}</span>
            <Bars bars={scale.bars[index] ?? []} />
            <span title={`${formatExact(samples)} samples`}>
              <b>{us(rttQuantileUs(counts, 0.5))}</b>
              <span className='faint'>
                {' '}
                99 %: {us(rttQuantileUs(counts, 0.99))} · {formatCount(samples)}
              </span>
            </span>
          </div>
        )
      })}
      <div className='rtt-row rtt-scale faint'>
        <span />
        <span className='rtt-ends'>
          <span>{us(scale.fromUs)}</span>
          <span>{us(scale.toUs)}</span>
        </span>
        <span>median, 99 % below, samples</span>
      </div>
    </figure>
  )
}

const Bars = ({ bars }: { bars: readonly number[] }) => {
  const most = Math.max(...bars, 1)
  return (
    <svg viewBox={`0 0 ${bars.length} ${HEIGHT}`} preserveAspectRatio='none' aria-hidden='true'>
      {bars.map((count, at) => {
        if (count === 0) return null
        const height = Math.max(1, (count / most) * HEIGHT)
        // oxlint-disable-next-line react/no-array-index-key -- the place on the scale is what a bar is
        return (
          <rect key={at} x={at + GAP} width={1 - 2 * GAP} y={HEIGHT - height} height={height} />
        )
      })}
    </svg>
  )
}
