/** The columns of the flow table where it shows the history: in place of speeds and age, amounts and the time. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatBytes, formatExact } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'
import type { FlowColumn } from './flow-columns.tsx'
import { isStoredSort } from './stored-query.ts'

const Amount = ({ bytes }: { bytes: number }) => (
  <span className={bytes === 0 ? 'zero' : ''} title={`${formatExact(bytes)} bytes`}>
    {formatBytes(bytes)}
  </span>
)

/** Without year and milliseconds, which the tooltip has. */
const Seen = ({ flow }: { flow: Flow }) => {
  const text = formatDateTime(Date.parse(flow.lastSeen))
  return <span title={text}>{text.slice(5, 19)}</span>
}

const CHANGES: Readonly<Record<string, Partial<FlowColumn>>> = {
  out: {
    label: 'Sent',
    title: 'Bytes that the client sent',
    sort: 'srcBytes',
    cell: (flow) => <Amount bytes={flow.srcBytes} />,
  },
  in: {
    label: 'Received',
    title: 'Bytes that the server sent',
    sort: 'dstBytes',
    cell: (flow) => <Amount bytes={flow.dstBytes} />,
  },
  age: {
    label: 'Last seen',
    title: 'Time of the last packet',
    sort: 'lastSeen',
    width: 102,
    rank: 3,
    cell: (flow) => <Seen flow={flow} />,
  },
}

const ofHistory = (column: FlowColumn): FlowColumn => {
  const { sort, ...rest } = { ...column, ...CHANGES[column.key] }
  return sort !== undefined && isStoredSort(sort) ? { ...rest, sort } : rest
}

/** The time comes first; the curve of the last minute is left out. */
export const storedColumns = (live: readonly FlowColumn[]): FlowColumn[] => {
  const columns = live.filter(({ key }) => key !== 'spark').map(ofHistory)
  const isTime = ({ key }: FlowColumn) => key === 'age'
  return [...columns.filter(isTime), ...columns.filter((column) => !isTime(column))]
}

/** What narrow screens offer instead of the column heads. */
export const STORED_SORT_CHOICES: [sort: string, text: string][] = [
  ['-lastSeen', 'Newest first'],
  ['lastSeen', 'Oldest first'],
  ['-srcBytes', 'Most sent'],
  ['-dstBytes', 'Most received'],
  ['-durationMs', 'Longest'],
  ['src', 'Client'],
  ['dst', 'Server'],
]
