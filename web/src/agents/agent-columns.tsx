/** The columns of the table of agents. */
import type { Agent } from '../api/agents.ts'
import { formatAge, formatDateTime, formatLatency } from '../format/time.ts'
import type { Column } from '../ui/data-grid.tsx'

export const AgentState = ({ agent: { state, degraded } }: { agent: Agent }) => {
  const isGood = state === 'connected' && degraded.length === 0
  const tone = state === 'away' ? 'bad' : isGood ? 'good' : 'wait'
  const word = state === 'away' ? 'Away' : isGood ? 'Connected' : 'Degraded'
  return (
    <span className={`agent-state ${tone}`} title={degraded.join(' ')}>
      <i aria-hidden='true' />
      {word}
    </span>
  )
}

/** '+4.20 ms': how far the agent's clock is ahead of the server's. */
export const clockText = ({ clock }: Agent): string => {
  if (!clock) return '–'
  const { offsetMs } = clock
  return `${offsetMs < 0 ? '−' : '+'}${formatLatency(Math.abs(offsetMs))}`
}

export const listsText = ({ lists }: Agent): string => {
  if (!lists) return '–'
  return lists.inForce ? 'in force' : 'not yet'
}

const seen = ({ state, lastSeenMs }: Agent) => {
  if (state === 'connected') return 'now'
  if (lastSeenMs === 0) return 'never'
  const age = formatAge(Math.max(0, Date.now() - lastSeenMs))
  return <span title={formatDateTime(lastSeenMs)}>{age} ago</span>
}

export const AGENT_COLUMNS: readonly Column<Agent>[] = [
  { key: 'state', label: 'State', cell: (agent) => <AgentState agent={agent} /> },
  {
    key: 'name',
    label: 'Name',
    cell: ({ name, hostname }) => (
      <span title={hostname}>
        {name}
        {hostname && hostname !== name ? <span className='faint'> {hostname}</span> : null}
      </span>
    ),
  },
  {
    key: 'from',
    label: 'From',
    title: 'Address that it connects from',
    cell: ({ from, isLocal }) =>
      isLocal ? <span className='faint'>this machine</span> : <span className='mono'>{from}</span>,
  },
  { key: 'version', label: 'Version', cell: ({ version }) => version || '–' },
  {
    key: 'lists',
    label: 'Lists',
    title: 'Whether it judges by the lists as they are',
    cell: (agent) => (
      <span className={agent.lists?.inForce === false ? 'agent-wrong' : ''}>
        {listsText(agent)}
      </span>
    ),
  },
  {
    key: 'clock',
    label: 'Clock',
    title: 'How far its clock is ahead of the server (+) or behind (−)',
    numeric: true,
    cell: clockText,
  },
  { key: 'seen', label: 'Seen', numeric: true, cell: seen },
  {
    key: 'health',
    label: 'What is wrong',
    cell: ({ degraded }) =>
      degraded.length === 0 ? (
        <span className='faint'>nothing</span>
      ) : (
        <span title={degraded.join(' ')}>{degraded.join(' ')}</span>
      ),
  },
]
