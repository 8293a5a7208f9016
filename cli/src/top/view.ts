/** What `netscope top` shows: its state, what keys do to it, and its lines. */
import type { Paint } from '../output/paint.ts'
import { clip, displayWidth } from '../output/printable.ts'
import { formatTable } from '../output/table.ts'
import { formatRate, formatTime } from '../output/units.ts'
import type { FlowRow } from '../observe/field.ts'
import { groupColumns } from './group-columns.ts'
import { groupFlows, ORDERS, type GroupBy, type Order } from './groups.ts'

export interface View {
  by: GroupBy
  order: Order
}

const KEYS: ReadonlyMap<string, GroupBy> = new Map([
  ['p', 'process'],
  ['e', 'peer'],
  ['o', 'port'],
  ['i', 'interface'],
  ['c', 'container'],
  ['n', 'name'],
])
const ORDER_NAMES = Object.keys(ORDERS) as Order[]

/** The view after `key`; undefined when it leaves. Other keys change nothing. */
export const afterKey = (view: View, key: string): View | undefined => {
  if (key === 'q' || key === '\u0003') return undefined
  if (key === 's') {
    const next = (ORDER_NAMES.indexOf(view.order) + 1) % ORDER_NAMES.length
    return { ...view, order: ORDER_NAMES[next]! }
  }
  const by = KEYS.get(key)
  return by ? { ...view, by } : view
}

export interface Snapshot {
  /** Flows that the server has, of which `flows` are those that were looked at. */
  total: number
  flows: readonly FlowRow[]
  nowMs: number
  /** Why it does not go on, empty while it does. */
  problem: string
}

const sumOf = (flows: readonly FlowRow[]): number =>
  flows.reduce((sum, flow) => sum + flow.srcBytesPerSecond + flow.dstBytesPerSecond, 0)

const header = ({ total, flows, nowMs, problem }: Snapshot, looked: number): string => {
  const part = looked < total ? `the fastest ${looked} of ${total} flows` : `${flows.length} flows`
  const time = formatTime(new Date(nowMs).toISOString(), nowMs).slice(0, 8)
  return `netscope top  ${time}  ${part}, ${formatRate(sumOf(flows))}${problem && `  ${problem}`}`
}

const footer = ({ by, order }: View): string =>
  `by ${by}, most ${order} first   p process  e peer  o port  i interface  c container  n name  s order  q quit`

/** The lines of a screen of `columns` × `rows`; `looked`: flows that the server gave, before the filter. */
export const screenLines = (
  view: View,
  snapshot: Snapshot,
  looked: number,
  { columns, rows }: { columns: number; rows: number },
  paint: Paint,
): string[] => {
  const groups = groupFlows(snapshot.flows, view.by, view.order).slice(0, Math.max(0, rows - 3))
  const [titles = '', ...lines] = formatTable(groupColumns(view.by), groups, columns)
  const filled = titles + ' '.repeat(Math.max(0, columns - displayWidth(titles)))
  const blank = Array.from({ length: Math.max(0, rows - 3 - lines.length) }, () => '')
  return [
    paint('bold', clip(header(snapshot, looked), columns)),
    paint('inverse', filled),
    ...lines,
    ...blank,
    paint('dim', clip(footer(view), columns)),
  ].slice(0, rows)
}

/** The table alone, for pipes and files. */
export const plainLines = (view: View, flows: readonly FlowRow[], columns: number): string[] =>
  formatTable(groupColumns(view.by), groupFlows(flows, view.by, view.order), columns)
