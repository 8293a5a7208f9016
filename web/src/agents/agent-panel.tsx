/** Everything about one agent, and the way to shut it out. */
import { type ReactNode, useState } from 'react'
import { type Agent, removeAgent } from '../api/agents.ts'
import { formatDateTime, formatLatency } from '../format/time.ts'
import { Drawer } from '../ui/drawer.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { AgentState, clockText } from './agent-columns.tsx'

interface Props {
  agent: Agent
  mayRemove: boolean
  onClose: () => void
  onRemoved: () => void
}

export const AgentPanel = ({ agent, mayRemove, onClose, onRemoved }: Props) => {
  const [asks, setAsks] = useState(false)
  const failing = agent.capabilities.filter(({ ok }) => !ok)
  return (
    <Drawer title={agent.name} subtitle={agent.hostname} onClose={onClose}>
      {agent.degraded.length > 0 ? (
        <section>
          <h3>What is wrong</h3>
          <ul className='agent-problems'>
            {agent.degraded.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <Facts agent={agent} />
      {failing.length > 0 ? (
        <section>
          <h3>What it can't do</h3>
          <dl className='fields'>
            {failing.map(({ name, reason }) => (
              <Fact key={name} label={name}>
                {reason ?? 'not there'}
              </Fact>
            ))}
          </dl>
        </section>
      ) : null}
      {mayRemove && !agent.isLocal ? (
        <button type='button' className='button button-block' onClick={() => setAsks(true)}>
          <Icon name='block' /> Shut it out …
        </button>
      ) : null}
      {asks ? (
        <RemoveDialog name={agent.name} onClose={() => setAsks(false)} onRemoved={onRemoved} />
      ) : null}
    </Drawer>
  )
}

const time = (ms: number | undefined): string => (ms ? formatDateTime(ms).slice(0, 19) : '–')

const Facts = ({ agent }: { agent: Agent }) => {
  const { lists, clock, isLocal } = agent
  return (
    <dl className='fields'>
      <Fact label='State'>
        <AgentState agent={agent} />
      </Fact>
      <Fact label='Version'>{agent.version || '–'}</Fact>
      <Fact label='Source'>{agent.source ?? '–'}</Fact>
      <Fact label='Connects from'>{isLocal ? 'this machine' : agent.from}</Fact>
      <Fact label='Last seen'>{time(agent.lastSeenMs)}</Fact>
      <Fact label='Running since'>{time(agent.startedAtMs)}</Fact>
      {isLocal ? null : <Fact label='Joined'>{time(agent.joinedAtMs)}</Fact>}
      {isLocal ? null : <Fact label='Credential since'>{time(agent.credentialSinceMs)}</Fact>}
      <Fact label='Clock'>{clockText(agent)}</Fact>
      <Fact label='Round trip'>{clock ? formatLatency(clock.roundTripMs) : '–'}</Fact>
      <Fact label='Lists'>
        {lists
          ? `change ${lists.confirmedRevision ?? 'none'} of ${lists.desiredRevision} in force`
          : '–'}
        {lists?.problem ? <span className='agent-wrong'> {lists.problem}</span> : null}
      </Fact>
    </dl>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

interface RemoveProps {
  name: string
  onClose: () => void
  onRemoved: () => void
}

const RemoveDialog = ({ name, onClose, onRemoved }: RemoveProps) => {
  const remove = (): Promise<void> => removeAgent(name).then(onRemoved)
  return (
    <FormDialog
      title={`Shut out ${name}?`}
      action='Shut out'
      isDanger
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        Its credential counts no more and it is forgotten; what it has sent stays in the history. To
        come back it needs a new invitation.
      </p>
    </FormDialog>
  )
}
