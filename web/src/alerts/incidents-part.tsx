/** Incidents: alerts that are one story, as a scan and then guessing. */
import { fetchIncidents, type Incident } from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { ago } from '../respond/time-left.tsx'
import { formatRoute, replaceParams } from '../route.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { Severity, State } from './alert-columns.tsx'
import { IncidentPanel } from './incident-panel.tsx'

const AGAIN_MS = 3000

const COLUMNS: readonly PlainColumn<Incident>[] = [
  { label: 'Severity', cell: (incident) => <Severity alert={incident} /> },
  {
    label: 'Story',
    className: 'long',
    cell: ({ id, title, detectors }) => (
      <>
        <a href={formatRoute('alerts', { part: 'incidents', incident: id })}>{title}</a>
        <p className='faint'>{detectors.join(', ')}</p>
      </>
    ),
  },
  {
    label: 'By',
    className: 'long',
    cell: ({ src, srcName }) =>
      src || srcName ? (
        <span className={srcName ? 'mono' : 'mono nowrap'}>{srcName || src}</span>
      ) : (
        <span className='faint'>not known</span>
      ),
  },
  {
    label: 'Alerts',
    cell: ({ alerts, open }) => (
      <>
        {formatExact(alerts)} <span className='faint'>{formatExact(open)} open</span>
      </>
    ),
  },
  {
    label: 'State',
    className: 'nowrap',
    cell: ({ active }) => <State state={active ? 'active' : 'ended'} />,
  },
  { label: 'Began', className: 'nowrap', cell: ({ firstSeen }) => ago(firstSeen) },
  { label: 'Seen', className: 'nowrap', cell: ({ lastSeen }) => ago(lastSeen) },
]

export const IncidentsPart = ({ params }: { params: URLSearchParams }) => {
  const { answer, error } = usePolled('incidents', fetchIncidents, AGAIN_MS)
  const open = params.get('incident') ?? ''
  return (
    <div className='view-body'>
      <div className='view-main access'>
        {error ? <p className='error'>{error}</p> : null}
        <PlainTable
          caption='Incidents'
          columns={COLUMNS}
          rows={answer?.incidents}
          keyOf={({ id }) => id}
          empty='Nothing has been found.'
        />
        {answer && answer.total > answer.incidents.length ? (
          <p className='faint'>
            The last {formatExact(answer.incidents.length)} of {formatExact(answer.total)}.
          </p>
        ) : null}
      </div>
      {open ? (
        <IncidentPanel
          key={open}
          id={open}
          onClose={() => replaceParams('alerts', { part: 'incidents' })}
        />
      ) : null}
    </div>
  )
}
