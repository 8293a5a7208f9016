/** What a device sent and received over the last day, as two small areas. */
import type { DeviceDetail } from '../api/devices.ts'
import { formatRate } from '../format/quantity.ts'

const WIDTH = 288
const HEIGHT = 36

/** Path data of the area under `values`, newest at the right end; empty for none. */
const areaOf = (values: readonly number[], most: number): string => {
  if (values.length === 0) return ''
  const from = WIDTH - values.length
  const points = values.map((value, i) => {
    const y = HEIGHT - (value / most) * (HEIGHT - 1)
    return `${from + i} ${y.toFixed(1)}L${from + i + 1} ${y.toFixed(1)}`
  })
  return `M${from} ${HEIGHT}L${points.join('L')}V${HEIGHT}Z`
}

export const BandwidthArea = ({ device }: { device: DeviceDetail }) => {
  const { bandwidth } = device
  const [sent, received] = [bandwidth.map((at) => at.tx_bps), bandwidth.map((at) => at.rx_bps)]
  const most = Math.max(1, ...sent, ...received)
  return (
    <section>
      <h3>Bandwidth of the last day</h3>
      {bandwidth.length === 0 ? (
        <p className='faint'>No traffic has been seen since the server started.</p>
      ) : (
        <>
          <svg
            className='device-area'
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio='none'
            role='img'
            aria-label={`At most ${formatRate(most / 8)}, averages of five minutes`}
          >
            <path className='device-area-in' d={areaOf(received, most)} />
            <path className='device-area-out' d={areaOf(sent, most)} />
          </svg>
          <p className='faint'>
            up to {formatRate(most / 8)} · <span className='in'>receives</span>{' '}
            {formatRate(device.bandwidth_rx_bps / 8)} · <span className='out'>sends</span>{' '}
            {formatRate(device.bandwidth_tx_bps / 8)} now
          </p>
        </>
      )}
    </section>
  )
}
