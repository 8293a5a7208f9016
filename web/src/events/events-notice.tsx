/** What stands in the packet table when it has no rows. */
import type { StreamState } from '../api/stream.ts'
import { Notice } from '../ui/notice.tsx'
import type { EventRows } from './event-store.ts'

interface Props {
  rows: EventRows
  stream: StreamState
  agentConnected: boolean | undefined
}

export const EventsNotice = ({ rows, stream, agentConnected }: Props) => {
  if (stream.phase === 'retrying') {
    return (
      <Notice icon='warn' title="The packets can't be read at the moment" tone='bad'>
        <p>{stream.reason ?? 'The connection to NetScope was lost.'} Trying again by itself.</p>
      </Notice>
    )
  }
  if (rows.kept > 0) {
    return (
      <Notice icon='filter' title='No packet matches yet'>
        <p>{rows.kept.toLocaleString('en-US')} kept packets don't match the filter.</p>
      </Notice>
    )
  }
  if (agentConnected === false) {
    return (
      <Notice icon='warn' title='The agent is not connected'>
        <p>Packets appear here as soon as it is back.</p>
      </Notice>
    )
  }
  if (stream.phase !== 'open') return <Notice title='Connecting …' />
  return (
    <Notice title='Waiting for the first packet …'>
      <p>
        The kernel reports single packets only while somebody watches here. Nothing is recorded.
      </p>
    </Notice>
  )
}
