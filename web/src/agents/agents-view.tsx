/** The agents: how each is, inviting one, and shutting one out. */
import { useState } from 'react'
import { type Agent, fetchAgents } from '../api/agents.ts'
import { usePolled } from '../devices/use-polled.ts'
import { reaches, useMe } from '../session/me.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { Icon } from '../ui/icon.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { AGENT_COLUMNS } from './agent-columns.tsx'
import { AgentPanel } from './agent-panel.tsx'
import { InviteDialog } from './invite-dialog.tsx'

const ROW_HEIGHT = 36
const CARD_HEIGHT = 76
const AGAIN_MS = 2000

export const AgentsView = () => {
  const { answer, error, reload } = usePolled('agents', fetchAgents, AGAIN_MS)
  const [selected, setSelected] = useState<string>()
  const [opened, setOpened] = useState<string>()
  const [invites, setInvites] = useState(false)
  const isAdmin = reaches(useMe().me, 'admin')
  const agents = answer?.agents ?? []
  const open = agents.find(({ name }) => name === opened)
  return (
    <div className='view'>
      <div className='filter-bar'>
        <span className='muted agents-count'>{answer ? countText(agents) : ' '}</span>
        {isAdmin ? (
          <button type='button' className='button button-primary' onClick={() => setInvites(true)}>
            <Icon name='plus' /> Invite an agent
          </button>
        ) : null}
      </div>
      <div className='view-body'>
        <div className='view-main'>
          <DataGrid<Agent>
            label='Agents'
            name='agent'
            columns={AGENT_COLUMNS}
            count={agents.length}
            rowAt={(index) => agents[index] as Agent}
            keyOf={({ name }) => name}
            rowHeight={useNarrow() ? CARD_HEIGHT : ROW_HEIGHT}
            selected={selected}
            onSelect={setSelected}
            onOpen={setOpened}
          >
            {agents.length === 0 ? <Empty isAsked={answer !== undefined} error={error} /> : null}
          </DataGrid>
          <footer className='view-foot'>
            <span className='foot-state'>{answer && error ? error : 'Refreshed every 2 s'}</span>
          </footer>
        </div>
        {open ? (
          <AgentPanel
            key={open.name}
            agent={open}
            mayRemove={isAdmin}
            onClose={() => setOpened(undefined)}
            onRemoved={() => {
              setOpened(undefined)
              reload()
            }}
          />
        ) : null}
      </div>
      {invites ? <InviteDialog onClose={() => setInvites(false)} /> : null}
    </div>
  )
}

const countText = (agents: readonly Agent[]): string => {
  const connected = agents.filter(({ state }) => state === 'connected').length
  return `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}, ${connected} connected`
}

const Empty = ({ isAsked, error }: { isAsked: boolean; error: string }) => {
  if (error)
    return (
      <Notice icon='warn' title="The agents can't be shown" tone='bad'>
        {error}
      </Notice>
    )
  if (!isAsked) return <Notice title='Looking …' />
  return (
    <Notice title='No agent yet'>
      An agent counts packets on its machine. Invite one, or start NetScope here with{' '}
      <code>netscope up</code>.
    </Notice>
  )
}
