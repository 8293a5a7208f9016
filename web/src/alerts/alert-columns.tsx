/** The columns of the table of alerts. */
import type { Alert } from '../api/alerts.ts'
import { formatExact } from '../format/quantity.ts'
import { formatAge, formatDateTime } from '../format/time.ts'
import { Address } from '../ui/address.tsx'
import type { Column } from '../ui/data-grid.tsx'

const FACTS_SHOWN = 3

export const Severity = ({
  alert: { label, severity },
}: {
  alert: Pick<Alert, 'label' | 'severity'>
}) => (
  <span className={`badge severity-${label}`} title={`Severity ${severity} of 100`}>
    {label}
  </span>
)

const STATES: Readonly<Record<Alert['state'], string>> = {
  active: 'goes on',
  ended: 'over',
  suppressed: 'silenced',
  'false-positive': 'false positive',
}

export const State = ({ state }: Pick<Alert, 'state'>) => (
  <span className={`alert-state alert-${state}`}>
    <i aria-hidden='true' />
    {STATES[state]}
  </span>
)

/** Whoever takes part: what is known best. */
const Party = ({ ip, port, other }: { ip: string; port: number; other: string }) => {
  if (ip)
    return (
      <>
        <Address text={ip} />
        {port ? <span className='faint mono'>:{port}</span> : null}
      </>
    )
  return other ? <span className='mono'>{other}</span> : <span className='faint'>several</span>
}

type Fact = Alert['evidence']['facts'][number]

/** Whole numbers as they are, others with three digits. */
export const figureOf = ({ value, unit }: Fact): string => {
  const isFraction = typeof value === 'number' && !Number.isInteger(value) && Math.abs(value) < 100
  const text = isFraction
    ? String(Number(value.toPrecision(3)))
    : typeof value === 'number'
      ? formatExact(value)
      : value
  return unit ? `${text} ${unit}` : text
}

/** `ports that refused 23 (>= 15)` */
const factText = (fact: Fact): string =>
  `${fact.name} ${figureOf(fact)}${fact.threshold ? ` (${fact.threshold})` : ''}`

const seen = (iso: string) => (
  <span title={formatDateTime(Date.parse(iso))}>{formatAge(Date.now() - Date.parse(iso))} ago</span>
)

/** `acknowledged, ada`; empty where nobody has done anything, or the state says it already. */
const doneText = ({ state, assignee }: Alert['workflow']): string =>
  [state === 'acknowledged' || state === 'resolved' ? state : '', assignee]
    .filter(Boolean)
    .join(', ')

export const ALERT_COLUMNS: Column<Alert>[] = [
  {
    key: 'severity',
    label: 'Severity',
    sort: 'severity',
    cell: (alert) => <Severity alert={alert} />,
  },
  {
    key: 'title',
    label: 'What happened',
    cell: ({ title, detector }) => (
      <span className='two-lines' title={title}>
        <span>{title}</span>
        <span className='faint'>{detector}</span>
      </span>
    ),
  },
  {
    key: 'src',
    label: 'Source',
    cell: ({ src, srcPort, srcMac, srcName }) => (
      <Party ip={src} port={srcPort} other={srcMac || srcName} />
    ),
  },
  {
    key: 'dst',
    label: 'Target',
    cell: ({ dst, dstPort, dstMac, dstName }) => (
      <Party ip={dst} port={dstPort} other={dstName || dstMac} />
    ),
  },
  {
    key: 'evidence',
    label: 'Evidence',
    cell: ({ evidence }) => {
      const facts = evidence.facts.slice(0, FACTS_SHOWN).map(factText)
      return <span title={evidence.reason}>{facts.join(' · ')}</span>
    },
  },
  {
    key: 'count',
    label: 'Count',
    numeric: true,
    title: 'Probes, packets or attempts, as the detector counts',
    cell: ({ count }) => formatExact(count),
  },
  {
    key: 'state',
    label: 'State',
    cell: ({ state, workflow }) => (
      <span className='two-lines'>
        <State state={state} />
        <span className='faint' title={doneText(workflow)}>
          {doneText(workflow)}
        </span>
      </span>
    ),
  },
  {
    key: 'seen',
    label: 'Seen',
    numeric: true,
    sort: 'lastSeen',
    cell: ({ lastSeen }) => seen(lastSeen),
  },
]
