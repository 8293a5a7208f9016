/** Says that what the page shows is not of now, as long as that is so. */
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { formatClock } from '../format/time.ts'
import { Icon } from '../ui/icon.tsx'

interface Props {
  status: StatusAnswer | undefined
  stream: StreamState
}

/** Whether the figures of the page are older than a few seconds. */
export const isStale = ({ status, stream }: Props): boolean =>
  stream.phase === 'retrying' || status?.agentConnected === false

export const LostBanner = ({ status, stream }: Props) => {
  if (!isStale({ status, stream })) return null
  const lost = stream.phase === 'retrying'
  const since = status?.timeMs ? ` What you see is from ${formatClock(status.timeMs)}.` : ''
  return (
    <p className='banner' role='alert'>
      <Icon name='warn' />
      <span>
        <b>{lost ? 'The connection to NetScope is lost.' : 'The agent is not connected.'}</b>
        {since}{' '}
        {lost
          ? (stream.reason ?? 'Trying again …')
          : 'NetScope starts it again by itself; its log says why it stopped.'}
      </span>
    </p>
  )
}
