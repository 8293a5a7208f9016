/** The line below the flow table where it shows the history: how many, of which time, and the way to more. */
import { formatExact } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'
import type { TimeRange } from './time-range.ts'
import type { StoredFlows } from './use-stored-flows.ts'

/** The day of the end only where it is another one. */
const rangeText = ({ fromMs, toMs }: TimeRange): string => {
  const [from, to] = [formatDateTime(fromMs).slice(0, 16), formatDateTime(toMs).slice(0, 16)]
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`
}

export const StoredFoot = ({ stored }: { stored: StoredFlows }) => {
  const { flows, range, error, hasMore, busy } = stored
  return (
    <footer className='view-foot'>
      <span>{flows ? countText(flows.length, hasMore) : ' '}</span>
      <span className='pager'>
        {hasMore ? (
          <button type='button' disabled={busy} onClick={stored.more}>
            {busy ? 'Reading …' : 'Read more'}
          </button>
        ) : null}
        <button type='button' disabled={busy} onClick={stored.reload}>
          Refresh
        </button>
      </span>
      <span className='foot-state'>{error && flows ? error : range ? rangeText(range) : ''}</span>
    </footer>
  )
}

const countText = (rows: number, hasMore: boolean): string => {
  if (rows === 0) return 'No flows'
  if (hasMore) return `The first ${formatExact(rows)} flows`
  return `${formatExact(rows)} ${rows === 1 ? 'flow' : 'flows'}`
}
