/** The bottom line: coverage, losses, table fill, agent and capabilities at a glance. */
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { formatCount, formatExact, formatShare } from '../format/quantity.ts'
import { Icon } from '../ui/icon.tsx'
import { type Level, levelOf, missingCapabilities } from './health.ts'

interface Props {
  status: StatusAnswer | undefined
  stream: StreamState
  open: boolean
  onToggle: () => void
}

const WORDS: Record<Level, string> = {
  good: 'All is well',
  warn: 'Needs attention',
  bad: 'Not connected',
  unknown: 'Connecting …',
}

export const StatusBar = ({ status, stream, open, onToggle }: Props) => {
  const level = levelOf(status, stream)
  const word =
    status?.agentConnected === false && stream.phase === 'open' ? 'Agent away' : WORDS[level]
  return (
    <button
      type='button'
      className='status-bar'
      aria-expanded={open}
      aria-label='Health'
      title='Health (s)'
      onClick={onToggle}
    >
      <span className={`status-level level-${level}`} role='status'>
        <Icon name={level === 'good' ? 'check' : level === 'unknown' ? 'dot' : 'warn'} /> {word}
      </span>
      {status ? <Figures status={status} /> : null}
      <span className='status-more'>{open ? 'Close' : 'Details'}</span>
    </button>
  )
}

const Figures = ({ status }: { status: StatusAnswer }) => {
  const { coverage, flowTable, events } = status
  const missing = missingCapabilities(status).length
  const all = (status.capabilities ?? []).filter(({ ok, isExtra }) => ok || !isExtra).length
  return (
    <>
      <Figure
        label='Coverage'
        value={coverage?.bytes === undefined ? '–' : formatShare(coverage.bytes)}
        warn={(coverage?.bytes ?? 1) < 0.999}
      />
      {flowTable ? (
        <Figure
          label='Flow table'
          value={formatShare(flowTable.used / Math.max(1, flowTable.capacity))}
          title={`${formatExact(flowTable.used)} of ${formatExact(flowTable.capacity)} entries`}
          warn={flowTable.overflowPackets > 0}
        />
      ) : null}
      {flowTable ? (
        <Figure
          label='Not in a flow'
          value={formatCount(flowTable.overflowPackets)}
          title='Packets counted in the totals only, because the table was full'
          warn={flowTable.overflowPackets > 0}
        />
      ) : null}
      {events ? (
        <Figure
          label='Events lost'
          value={formatCount(events.lost)}
          title={`${formatExact(events.lost)} lost, ${formatExact(events.skipped)} not reported because of the rate limit`}
          warn={events.lost > 0}
        />
      ) : null}
      {all > 0 ? (
        <Figure label='Capabilities' value={`${all - missing} of ${all}`} warn={missing > 0} />
      ) : null}
    </>
  )
}

const Figure = ({
  label,
  value,
  warn,
  title,
}: {
  label: string
  value: string
  warn: boolean
  title?: string
}) => (
  <span className={warn ? 'figure figure-warn' : 'figure'} title={title}>
    <span>{label}</span> <b>{value}</b>
  </span>
)
