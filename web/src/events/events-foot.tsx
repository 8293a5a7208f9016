/** The line below the packet table: what is kept, what was lost, whether it runs. */
import type { StreamState } from '../api/stream.ts'
import { formatExact } from '../format/quantity.ts'
import { type EventRows, KEPT_EVENTS } from './event-store.ts'

interface Props {
  rows: EventRows
  stream: StreamState
  visible: boolean
  /** Packets that the kernel did not report because of its rate limit, since this view was opened. */
  skipped: number
}

export const EventsFoot = ({ rows, stream, visible, skipped }: Props) => (
  <footer className='view-foot'>
    <span>
      {formatExact(rows.count)} shown of {formatExact(rows.kept)} kept
      <span className='faint'> (at most {formatExact(KEPT_EVENTS)})</span>
    </span>
    {rows.lost > 0 ? (
      <span
        className='warn-text'
        title='This page or its connection was too slow for them; the counters of the flows are complete'
      >
        {formatExact(rows.lost)} lost on the way here
      </span>
    ) : null}
    {skipped > 0 ? (
      <span
        className='warn-text'
        title='The kernel reports at most events.maxPerSecond packets; the counters of the flows are complete'
      >
        {formatExact(skipped)} not reported by the kernel
      </span>
    ) : null}
    <span className='foot-state'>{stateText(rows, stream, visible)}</span>
  </footer>
)

const stateText = (rows: EventRows, stream: StreamState, visible: boolean): string => {
  if (!visible) return 'Not watching: the tab is hidden'
  if (stream.phase === 'retrying') return `Reconnecting … ${stream.reason ?? ''}`
  if (stream.phase !== 'open') return 'Connecting …'
  return rows.held ? `Paused: ${formatExact(rows.waiting)} new` : 'Watching while this view is open'
}
