/** The line below the flow table: how many are shown of how many, and whether it is live. */
import type { StreamState } from '../api/stream.ts'
import { formatExact } from '../format/quantity.ts'
import { type FlowFilter, PAGE_ROWS } from './flow-filter.ts'
import type { FlowPage } from './use-flows.ts'

interface Props {
  page: FlowPage | undefined
  filter: FlowFilter
  stream: StreamState
  held: '' | 'paused' | 'pointed'
  onChange: (change: Partial<FlowFilter>) => void
}

export const FlowsFoot = ({ page, filter, stream, held, onChange }: Props) => {
  const rows = page?.flows.length ?? 0
  const total = page?.total ?? 0
  return (
    <footer className='view-foot'>
      <span>{page ? countText(filter.offset, rows, total) : ' '}</span>
      {total > PAGE_ROWS ? (
        <span className='pager'>
          <button
            type='button'
            disabled={filter.offset === 0}
            onClick={() => onChange({ offset: Math.max(0, filter.offset - PAGE_ROWS) })}
          >
            Previous
          </button>
          <button
            type='button'
            disabled={filter.offset + rows >= total}
            onClick={() => onChange({ offset: filter.offset + PAGE_ROWS })}
          >
            Next
          </button>
        </span>
      ) : null}
      <span className='foot-state'>{stateText(stream, held)}</span>
    </footer>
  )
}

const countText = (offset: number, rows: number, total: number): string => {
  if (rows === 0) return 'No flows'
  if (rows === total) return `${formatExact(total)} ${total === 1 ? 'flow' : 'flows'}`
  return `Flows ${formatExact(offset + 1)} to ${formatExact(offset + rows)} of ${formatExact(total)}`
}

const stateText = (stream: StreamState, held: Props['held']): string => {
  if (stream.phase === 'retrying') return `Reconnecting … ${stream.reason ?? ''}`
  if (held === 'paused') return 'Paused: the table stands still'
  if (held === 'pointed') return 'Order held while you point at the table'
  return stream.phase === 'open' ? 'Refreshed every second' : 'Connecting …'
}
