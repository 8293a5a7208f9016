/** What stands in the flow table when the history has no rows for it. */
import { Notice } from '../ui/notice.tsx'
import { conditions, type FlowFilter } from './flow-filter.ts'
import type { StoredFlows } from './use-stored-flows.ts'

interface Props {
  stored: StoredFlows
  filter: FlowFilter
  onChange: (change: Partial<FlowFilter>) => void
}

const NO_CONDITIONS = { q: '', protocol: '', verdict: '', direction: '', interface: '' }

export const StoredNotice = ({ stored, filter, onChange }: Props) => {
  const { range, flows, error, reload } = stored
  if (!range) return <Notice title='Choose a time that begins before it ends' />
  if (error) {
    return (
      <Notice icon='warn' title="The history can't be read" tone='bad'>
        <p>{error}</p>
        <p>
          <button type='button' className='button' onClick={reload}>
            Try again
          </button>
        </p>
      </Notice>
    )
  }
  if (!flows) return <Notice title='Reading the history …' />
  if (conditions(filter) > 0) {
    return (
      <Notice icon='filter' title='No flow of that time matches the filter'>
        <p>
          <button type='button' className='button' onClick={() => onChange(NO_CONDITIONS)}>
            Clear the filter
          </button>
        </p>
      </Notice>
    )
  }
  return (
    <Notice title='Nothing is stored of that time'>
      <p>
        A flow comes into the history when it ends, and a long one in parts, every few minutes. What
        is under way now is under Live.
      </p>
    </Notice>
  )
}
