/** Columns of the table of flows: those that people look at first, or any fields. */
import type { Column } from '../output/table.ts'
import {
  formatBytes,
  formatDuration,
  formatLatency,
  formatRate,
  formatTime,
} from '../output/units.ts'
import { endpointText, processText } from './endpoint.ts'
import { fieldOf, type Field, type FlowRow } from './field.ts'

const NAME_LEAST = 12

const blankZero = (value: number, text: string): string => (value > 0 ? text : '')

const DEFAULTS = (nowMs: number): Column<FlowRow>[] => [
  { title: 'LAST SEEN', dropOrder: 6, text: (flow) => formatTime(flow.lastSeen, nowMs) },
  {
    title: 'PROCESS',
    least: 8,
    text: (flow) => processText(flow, 'src') || processText(flow, 'dst'),
  },
  { title: 'SOURCE', least: NAME_LEAST, text: (flow) => endpointText(flow, 'src') },
  { title: 'DESTINATION', least: NAME_LEAST, text: (flow) => endpointText(flow, 'dst') },
  { title: 'PROTO', dropOrder: 4, text: (flow) => flow.protocol },
  { title: 'VERDICT', dropOrder: 5, text: (flow) => flow.verdict },
  {
    title: 'RATE',
    right: true,
    dropOrder: 3,
    text: ({ srcBytesPerSecond, dstBytesPerSecond }) =>
      blankZero(
        srcBytesPerSecond + dstBytesPerSecond,
        formatRate(srcBytesPerSecond + dstBytesPerSecond),
      ),
  },
  { title: 'OUT', right: true, text: (flow) => formatBytes(flow.srcBytes) },
  { title: 'IN', right: true, text: (flow) => formatBytes(flow.dstBytes) },
  {
    title: 'RTT',
    right: true,
    dropOrder: 1,
    text: ({ srcRttMs, dstRttMs }) => {
      const rttMs = srcRttMs || dstRttMs
      return blankZero(rttMs, formatLatency(rttMs))
    },
  },
  {
    title: 'RETRANS',
    right: true,
    dropOrder: 2,
    text: ({ srcRetransmits, dstRetransmits }) =>
      blankZero(srcRetransmits + dstRetransmits, String(srcRetransmits + dstRetransmits)),
  },
  { title: 'END', dropOrder: 7, text: (flow) => flow.end },
]

/** A value as its type is read; `0` of a time that was not measured is empty. */
const valueText = ({ type, name }: Field, value: string | number, nowMs: number): string => {
  if (type === 'bytes') return formatBytes(Number(value))
  if (type === 'rate') return formatRate(Number(value))
  if (type === 'time') return formatTime(String(value), nowMs)
  if (type === 'duration') {
    const ms = Number(value)
    return name === 'durationMs' ? formatDuration(ms) : blankZero(ms, formatLatency(ms))
  }
  return String(value ?? '')
}

const IS_TEXT = new Set(['id', 'address', 'text', 'time'])

const fieldColumn = (field: Field, nowMs: number): Column<FlowRow> => {
  const isText = IS_TEXT.has(field.type)
  return {
    title: field.name,
    right: !isText,
    ...(isText && field.type !== 'time' && { least: NAME_LEAST }),
    text: (flow) =>
      field
        .values(flow)
        .map((value) => valueText(field, value, nowMs))
        .filter((text, i, all) => text !== '' && all.indexOf(text) === i)
        .join(' / '),
  }
}

/** Columns for the names in `list` (`src,dst,bytes`), the usual ones without; throws `filter.invalid`. */
export const flowColumns = (list: string | undefined, nowMs: number): Column<FlowRow>[] =>
  list === undefined
    ? DEFAULTS(nowMs)
    : list.split(',').map((name) => fieldColumn(fieldOf(name.trim(), '--columns'), nowMs))
