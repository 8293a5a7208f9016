/** Flows and summary as text for people. */
import type { ReplayAlert, ReplayFlow, ReplaySummary } from '@netscope/core/replay.ts'
import { formatTable, type Column } from '../output/table.ts'
import { formatBytes, formatDuration } from '../output/units.ts'
import { bytesOf } from './top-flows.ts'

const hasPorts = (flow: ReplayFlow): boolean =>
  !['ICMP', 'ICMPv6'].includes(flow.protocol) && flow.srcPort + flow.dstPort > 0

const endpoint = (address: string, port: number, flow: ReplayFlow): string => {
  if (!hasPorts(flow)) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const COLUMNS: readonly Column<ReplayFlow>[] = [
  { title: 'START (UTC)', text: (flow) => flow.firstSeen.slice(0, 23).replace('T', ' ') },
  { title: 'DURATION', right: true, text: (flow) => formatDuration(flow.durationMs) },
  { title: 'PROTO', text: (flow) => flow.protocol },
  { title: 'SOURCE', text: (flow) => endpoint(flow.src, flow.srcPort, flow) },
  { title: 'DESTINATION', text: (flow) => endpoint(flow.dst, flow.dstPort, flow) },
  {
    title: 'VLAN',
    right: true,
    text: (flow) =>
      flow.innerVlan ? `${flow.vlan}.${flow.innerVlan}` : flow.vlan ? String(flow.vlan) : '',
  },
  { title: 'INTERFACE', text: (flow) => flow.interface },
  { title: 'PACKETS OUT', right: true, text: (flow) => String(flow.srcPackets) },
  { title: 'IN', right: true, text: (flow) => String(flow.dstPackets) },
  { title: 'BYTES OUT', right: true, text: (flow) => formatBytes(flow.srcBytes) },
  { title: 'IN', right: true, text: (flow) => formatBytes(flow.dstBytes) },
  { title: 'END', text: (flow) => flow.end },
]

/** Lines of the table; columns that are empty in every row are left out. */
export const formatFlows = (flows: readonly ReplayFlow[]): string[] => {
  const columns = COLUMNS.filter((column) => flows.some((flow) => column.text(flow) !== ''))
  return formatTable(columns, flows)
}

const ALERT_COLUMNS: readonly Column<ReplayAlert>[] = [
  { title: 'DETECTED (UTC)', text: (alert) => alert.firstSeen.slice(0, 23).replace('T', ' ') },
  { title: 'SEVERITY', text: (alert) => alert.label },
  { title: 'DETECTOR', text: (alert) => alert.detector },
  { title: 'COUNT', right: true, text: (alert) => String(alert.count) },
  { title: 'WHAT', text: (alert) => alert.title },
]

/** Lines of the table of detections. */
export const formatAlerts = (alerts: readonly ReplayAlert[]): string[] =>
  formatTable(ALERT_COLUMNS, alerts)

/** Where every packet went, in words. */
export const formatSummary = (summary: ReplaySummary, shown: readonly ReplayFlow[]): string[] => {
  const shownBytes = shown.reduce((sum, flow) => sum + bytesOf(flow), 0)
  const part =
    summary.bytes > 0
      ? ` with ${((shownBytes / summary.bytes) * 100).toFixed(1)} % of the bytes`
      : ''
  const causes = [
    ...(summary.notIp ? [`${summary.notIp} not IP`] : []),
    ...(summary.malformed ? [`${summary.malformed} malformed`] : []),
    ...Object.entries(summary.notCounted).map(([cause, packets]) => `${packets} ${cause}`),
  ]
  const span =
    summary.firstSeen === undefined
      ? []
      : [`${summary.firstSeen} to ${summary.lastSeen} (${formatDuration(summary.durationMs)})`]
  return [
    `${summary.flows} flows${shown.length < summary.flows ? `, the largest ${shown.length} shown${part}` : ''}`,
    `${summary.packets} packets read: ${[`${summary.counted} counted (${formatBytes(summary.bytes)} of IP)`, ...causes].join(', ')}`,
    ...(summary.alerts > 0
      ? [`${summary.alerts} detection${summary.alerts === 1 ? '' : 's'}`]
      : []),
    ...span,
    ...(summary.truncated ? ['not read to the end: see the messages'] : []),
  ]
}
