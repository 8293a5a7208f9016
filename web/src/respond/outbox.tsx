/** Messages that were sent and are to be sent. */
import { fetchNotifications, type Notification } from '../api/notify.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { ago, left } from './time-left.tsx'

const AGAIN_MS = 5000

const STATES: Readonly<Record<Notification['state'], string>> = {
  gathering: 'waits for more',
  waiting: 'to be sent',
  sent: 'sent',
  failed: 'given up',
}

const COLUMNS: readonly PlainColumn<Notification>[] = [
  { label: 'Channel', cell: ({ channel }) => channel },
  {
    label: 'State',
    cell: ({ state, dueAt, attempts, doneAt }) => (
      <>
        {STATES[state]}{' '}
        <span className='faint'>
          {doneAt ? ago(doneAt) : left(dueAt)}
          {attempts > 1 ? `, tried ${formatExact(attempts)} times` : ''}
        </span>
      </>
    ),
  },
  { label: 'Title', className: 'long', cell: ({ title }) => title },
  { label: 'Alerts', cell: ({ alerts }) => formatExact(alerts) },
  { label: 'Made', className: 'nowrap', cell: ({ createdAt }) => ago(createdAt) },
  {
    label: 'Error',
    className: 'long',
    cell: ({ error }) => (error ? <span className='error'>{error}</span> : null),
  },
]

export const Outbox = () => {
  const { answer, error } = usePolled('outbox', fetchNotifications, AGAIN_MS)
  return (
    <>
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Sent and to be sent'
        isTitled
        columns={COLUMNS}
        rows={answer?.notifications}
        keyOf={({ id }) => id}
        empty='No message yet: a channel is told of the next alert that its rules want.'
      />
    </>
  )
}
