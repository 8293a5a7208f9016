/** The columns of a list. */
import type { ListEntry } from '../api/lists.ts'
import { formatDateTime, formatDuration } from '../format/time.ts'
import { Address } from '../ui/address.tsx'
import type { Column } from '../ui/data-grid.tsx'
import { Icon } from '../ui/icon.tsx'

const date = (ms: number) => formatDateTime(ms).slice(0, 16)

const expiry = ({ expiresAtMs }: ListEntry) => {
  if (expiresAtMs === 0) return 'never'
  const left = expiresAtMs - Date.now()
  return left > 0 ? `in ${formatDuration(left)}` : 'now'
}

export const listColumns = (onRemove: (entry: ListEntry) => void): Column<ListEntry>[] => [
  { key: 'prefix', label: 'Address', cell: (entry) => <Address text={entry.prefix} /> },
  {
    key: 'reason',
    label: 'Reason',
    cell: (entry) =>
      entry.reason ? (
        <span title={entry.reason}>{entry.reason}</span>
      ) : (
        <span className='faint'>no reason given</span>
      ),
  },
  {
    key: 'origin',
    label: 'From',
    title: 'Where the entry came from, and who made it',
    cell: (entry) => (
      <span>
        {entry.origin}
        {entry.author ? <span className='faint'> {entry.author}</span> : null}
      </span>
    ),
  },
  {
    key: 'created',
    label: 'Created',
    cell: (entry) => (
      <span title={formatDateTime(entry.createdAtMs)}>{date(entry.createdAtMs)}</span>
    ),
  },
  {
    key: 'expires',
    label: 'Expires',
    cell: (entry) => (
      <span
        title={entry.expiresAtMs ? formatDateTime(entry.expiresAtMs) : 'Holds until it is removed'}
      >
        {expiry(entry)}
      </span>
    ),
  },
  {
    key: 'remove',
    label: 'Remove',
    cell: (entry) => (
      <button
        type='button'
        className='icon-button'
        aria-label={`Remove ${entry.prefix}`}
        title='Remove (Del)'
        onClick={(event) => {
          event.stopPropagation()
          onRemove(entry)
        }}
      >
        <Icon name='trash' />
      </button>
    ),
  },
]
