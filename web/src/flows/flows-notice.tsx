/** What stands in the flow table when it has no rows. */
import type { StreamState } from '../api/stream.ts'
import { Notice } from '../ui/notice.tsx'
import { conditions, type FlowFilter } from './flow-filter.ts'

interface Props {
  loaded: boolean
  filter: FlowFilter
  stream: StreamState
  agentConnected: boolean | undefined
  onClear: (change: Partial<FlowFilter>) => void
}

const NO_CONDITIONS = { q: '', protocol: '', verdict: '', direction: '', interface: '' }

export const FlowsNotice = ({ loaded, filter, stream, agentConnected, onClear }: Props) => {
  if (stream.phase === 'retrying') {
    return (
      <Notice icon='warn' title="The flows can't be read at the moment" tone='bad'>
        <p>{stream.reason ?? 'The connection to NetScope was lost.'} Trying again by itself.</p>
      </Notice>
    )
  }
  if (!loaded) return <Notice title='Reading the flows …' />
  if (conditions(filter) > 0) {
    return (
      <Notice icon='filter' title='No flow matches the filter'>
        <p>
          <button type='button' className='button' onClick={() => onClear(NO_CONDITIONS)}>
            Clear the filter
          </button>
        </p>
      </Notice>
    )
  }
  if (agentConnected === false) {
    return (
      <Notice icon='warn' title='The agent is not connected'>
        <p>Flows appear here as soon as it is back.</p>
      </Notice>
    )
  }
  if (filter.state === 'ended') {
    return (
      <Notice title='No flow has ended yet'>
        <p>Closed and idle connections are kept here for a while.</p>
      </Notice>
    )
  }
  return (
    <Notice title='No traffic yet'>
      <p>
        Connections appear within a second of their first packet. Try <code>ping</code> or open a
        web page on this machine.
      </p>
    </Notice>
  )
}
