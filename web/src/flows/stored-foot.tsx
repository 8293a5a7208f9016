/** The line below the flow table where it shows the history: how many, of which time, and the way to more. */
import { formatExact } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'
import type { StoredFlows } from './use-stored-flows.ts'

const time = (ms: number): string => formatDateTime(ms).slice(0, 16)

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
      <span className='foot-state'>
        {error && flows ? error : range ? `${time(range.fromMs)} to ${time(range.toMs)}` : ''}
      </span>
    </footer>
  )
}

const countText = (rows: number, hasMore: boolean): string => {
  if (rows === 0) return 'No flows'
  if (hasMore) return `The first ${formatExact(rows)} flows`
  return `${formatExact(rows)} ${rows === 1 ? 'flow' : 'flows'}`
}
