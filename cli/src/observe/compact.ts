/** A flow as one line for people. */
import type { Paint, Style } from '../output/paint.ts'
import { printable } from '../output/printable.ts'
import {
  formatBytes,
  formatDuration,
  formatLatency,
  formatRate,
  formatTime,
} from '../output/units.ts'
import { endpointText, processText } from './endpoint.ts'
import type { FlowRow } from './field.ts'
import type { Change } from './follow.ts'

const VERDICT_STYLES: Readonly<Record<string, Style>> = {
  PASS: 'green',
  DROP: 'red',
  SKIP: 'cyan',
  SSH: 'yellow',
}

/** `+` begun, `-` ended, `·` changed; only where flows are followed. */
const MARKS: Readonly<Record<Change, string>> = { begun: '+', changed: '·', ended: '-' }

const sideText = (flow: FlowRow, side: 'src' | 'dst', paint: Paint): string => {
  const process = printable(processText(flow, side))
  const endpoint = printable(endpointText(flow, side))
  return process ? `${paint('bold', process)} ${endpoint}` : endpoint
}

const failureOf = ({ handshake, connect }: FlowRow): string => {
  if (connect === 'refused' || connect === 'timed-out' || connect === 'aborted') return connect
  return handshake === 'refused' || handshake === 'unanswered' ? handshake : ''
}

/** What is worth a look: losses, refusals, drops. */
const troubles = (flow: FlowRow): string[] => {
  const retransmits = flow.srcRetransmits + flow.dstRetransmits
  const dropped = flow.srcDroppedPackets + flow.dstDroppedPackets
  const reason = flow.dropReason ? ` (${printable(flow.dropReason)})` : ''
  const parts = [
    failureOf(flow),
    retransmits > 0 ? `retrans ${retransmits}` : '',
    dropped > 0 ? `dropped ${dropped}` : '',
    flow.kernelDrops > 0 ? `kernel drops ${flow.kernelDrops}${reason}` : '',
  ]
  return parts.filter(Boolean)
}

const rttOf = ({ srcRttMs, dstRttMs }: FlowRow): number => srcRttMs || dstRttMs

const figures = (flow: FlowRow): string[] => {
  const rate = flow.srcBytesPerSecond + flow.dstBytesPerSecond
  const rtt = rttOf(flow)
  return [
    ...(rate >= 1 && flow.end === '' ? [formatRate(rate)] : []),
    `↑${formatBytes(flow.srcBytes)} ↓${formatBytes(flow.dstBytes)}`,
    ...(rtt > 0 ? [`rtt ${formatLatency(rtt)}`] : []),
  ]
}

/** `12:01:02.123 curl[4711] 10.0.0.5:40222 → example.com (93.184.216.34):443 TCP PASS 12.3 kB/s ↑1.20 MB ↓34.0 MB rtt 12.3 ms retrans 2` */
export const compactLine = (
  flow: FlowRow,
  paint: Paint,
  nowMs: number,
  change?: Change,
): string => {
  const verdict = printable(flow.verdict)
  const ended =
    flow.end === '' ? '' : `${printable(flow.end)} after ${formatDuration(flow.durationMs)}`
  const time = change === 'begun' ? flow.firstSeen : flow.lastSeen
  return [
    paint('dim', formatTime(time, nowMs)),
    ...(change ? [MARKS[change]] : []),
    sideText(flow, 'src', paint),
    '→',
    sideText(flow, 'dst', paint),
    printable(flow.protocol),
    paint(VERDICT_STYLES[flow.verdict] ?? 'reset', verdict),
    ...figures(flow),
    ...troubles(flow).map((trouble) => paint('yellow', trouble)),
    ...(ended ? [paint('dim', ended)] : []),
  ].join(' ')
}
