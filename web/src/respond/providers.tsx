/** Who is asked about one address: whether, what is left of the quota, how it answers. */
import { fetchProviders, type Provider } from '../api/intel.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { withLocalTimes } from '../format/time.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { left } from './time-left.tsx'

const AGAIN_MS = 5000

const COLUMNS: readonly PlainColumn<Provider>[] = [
  { label: 'Provider', cell: ({ title }) => title },
  {
    label: 'Asked',
    className: 'long',
    cell: ({ enabled, note }) =>
      enabled ? withLocalTimes(note) || 'yes' : <span className='muted'>{note || 'no'}</span>,
  },
  { label: 'Left of the quota', cell: (provider) => <Quota provider={provider} /> },
  { label: 'Answers', className: 'long', cell: (provider) => <Answers provider={provider} /> },
]

export const Providers = () => {
  const { answer, error } = usePolled('providers', fetchProviders, AGAIN_MS)
  return (
    <>
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Providers'
        isTitled
        columns={COLUMNS}
        rows={answer?.providers}
        keyOf={({ name }) => name}
        empty='There is no provider.'
      />
    </>
  )
}

const Quota = ({ provider: { enabled, quota } }: { provider: Provider }) => {
  const bounds = quota.filter(({ limit }) => limit > 0)
  if (!enabled) return <span className='faint'>–</span>
  if (bounds.length === 0) return <>no bound</>
  return (
    <ul className='plain-list'>
      {bounds.map(({ period, used, limit, resetsAt }) => (
        <li key={period}>
          <span className={used >= limit ? 'error' : ''}>
            {formatExact(Math.max(0, limit - used))} of {formatExact(limit)}
          </span>{' '}
          <span className='faint'>
            a {period}, anew {left(resetsAt)}
          </span>
        </li>
      ))}
    </ul>
  )
}

const Answers = ({ provider: { enabled, circuit } }: { provider: Provider }) => {
  if (!enabled) return <span className='faint'>–</span>
  const reason = withLocalTimes(circuit.reason)
  if (circuit.state === 'closed')
    return reason ? <span className='error'>{reason}</span> : <>well</>
  return (
    <span className='error'>
      not asked now, again {left(circuit.until)}: {reason}
    </span>
  )
}
