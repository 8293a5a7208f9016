/** Round trip time, retransmissions and drops of a flow in the table. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatCount, formatExact, formatPackets, formatShare } from '../format/quantity.ts'
import { formatLatency } from '../format/time.ts'
import { Icon } from '../ui/icon.tsx'
import { dropWords, shortReason } from './drop-reason.ts'
import { retransmissionsOf, SIDES, healthOf, slowestSide, whyUnknown } from './flow-health.ts'
import { SIDE_WORDS } from './flow-process.ts'
import { Unknown } from './process-cell.tsx'

/** RTT of both sides in words, and how long the connect took. */
const describeRtt = (flow: Flow): string => {
  const lines = SIDES.flatMap((side) => {
    const health = healthOf(flow, side)
    if (!health || health.rttMs === 0) return []
    const { rttMs, minRttMs, rttSamples } = health
    return `${SIDE_WORDS[side]} measures ${formatLatency(rttMs)}, smallest ${formatLatency(minRttMs)}, ${formatExact(rttSamples)} samples`
  })
  if (flow.connectMs > 0) lines.push(`Connect took ${formatLatency(flow.connectMs)}`)
  return lines.join('\n')
}

export const RttCell = ({ flow }: { flow: Flow }) => {
  const slowest = slowestSide(flow)
  if (!slowest) return <Unknown why={whyUnknown(flow)} />
  return <span title={describeRtt(flow)}>{formatLatency(slowest.rttMs)}</span>
}

export const RetransmissionsCell = ({ flow }: { flow: Flow }) => (
  <span className='losses'>
    <DropMark flow={flow} />
    <Resent flow={flow} />
  </span>
)

const Resent = ({ flow }: { flow: Flow }) => {
  const resent = retransmissionsOf(flow)
  if (!resent) return <Unknown why={whyUnknown(flow)} />
  const { count, packets, share, lossy } = resent
  const title = `${formatExact(count)} of ${formatPackets(packets)} sent again (${formatShare(share)})`
  if (count === 0)
    return (
      <span className='zero' title={title}>
        0
      </span>
    )
  return (
    <span className={lossy ? 'lossy' : ''} title={lossy ? `${title}: more than 1 %` : title}>
      {formatCount(count)} <span className='share-small'>{formatShare(share)}</span>
    </span>
  )
}

/** Says that the kernel dropped packets, whatever the protocol. */
export const DropMark = ({ flow }: { flow: Flow }) => {
  if (flow.kernelDrops === 0) return null
  const reason = flow.dropReason ? ` (${shortReason(flow.dropReason)})` : ''
  const text = `${formatPackets(flow.kernelDrops)} dropped by the kernel: ${dropWords(flow.dropReason)}${reason}`
  return (
    <span className='drop-mark' title={text}>
      <Icon name='warn' label={text} />
    </span>
  )
}
