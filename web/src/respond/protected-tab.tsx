/** What no block may hit, and why. */
import { fetchProtected, type ProtectedAddress } from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { ago } from './time-left.tsx'

const AGAIN_MS = 5000

const KINDS: Readonly<Record<ProtectedAddress['kind'], string>> = {
  own: 'own address',
  gateway: 'gateway',
  dns: 'DNS server',
  server: 'this server',
  agent: 'agent',
  kubernetes: 'Kubernetes API',
  management: 'management network',
  operator: 'operator',
}

const COLUMNS: readonly PlainColumn<ProtectedAddress>[] = [
  { label: 'Address', cell: ({ prefix }) => <span className='mono'>{prefix}</span> },
  { label: 'What it is', cell: ({ kind }) => KINDS[kind] },
  {
    label: 'Why',
    className: 'long',
    cell: ({ reason, canOverride }) => (
      <>
        {reason}
        {canOverride ? <span className='faint'> · an admin may insist</span> : null}
      </>
    ),
  },
  { label: 'Told by', cell: ({ agent }) => agent || 'this server' },
  { label: 'Seen', className: 'nowrap', cell: ({ lastSeen }) => ago(lastSeen) },
]

export const ProtectedTab = () => {
  const { answer, error } = usePolled('protected', fetchProtected, AGAIN_MS)
  return (
    <>
      <p className='muted'>
        These addresses stand above every deny: a block that would hit one is refused.
      </p>
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Protected addresses'
        columns={COLUMNS}
        rows={answer?.protected}
        keyOf={({ prefix, kind, agent }) => [prefix, kind, agent].join(' ')}
        empty='Nothing yet: agents tell of their addresses, gateways and DNS servers once they are connected.'
      />
    </>
  )
}
