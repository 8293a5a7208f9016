/** Flows and summary as text for people. */
import type { ReplayFlow, ReplaySummary } from '@netscope/core/replay.ts'
import { bytesOf } from './top-flows.ts'

interface Column {
  title: string
  right?: true
  text(flow: ReplayFlow): string
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units, three digits: `1.23 MB`. */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[power]}`
}

/** `850 ms`, `12.3 s`, `4:05`, `3:04:05`, `12 d 3:04:05` */
export const formatDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  const two = (value: number) => String(value % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds)}`
  const hours = Math.floor(minutes / 60)
  return `${hours < 24 ? hours : `${Math.floor(hours / 24)} d ${hours % 24}`}:${two(minutes)}:${two(seconds)}`
}

const hasPorts = (flow: ReplayFlow): boolean =>
  !['ICMP', 'ICMPv6'].includes(flow.protocol) && flow.srcPort + flow.dstPort > 0

const endpoint = (address: string, port: number, flow: ReplayFlow): string => {
  if (!hasPorts(flow)) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const COLUMNS: readonly Column[] = [
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
  const rows = [
    columns.map((column) => column.title),
    ...flows.map((flow) => columns.map((column) => column.text(flow))),
  ]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) =>
        columns[i]?.right ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

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
    ...span,
    ...(summary.truncated ? ['not read to the end: see the messages'] : []),
  ]
}
