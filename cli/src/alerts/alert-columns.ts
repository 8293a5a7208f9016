/** The columns of the table of alerts. */
import type { AnswerOf } from '@netscope/core/api/client.ts'
import type { Column } from '../output/table.ts'
import { formatDuration } from '../output/units.ts'

export type AlertRow = AnswerOf<'listAlerts'>['alerts'][number]

/** A port where there is one; IPv6 in brackets then (RFC 3986 section 3.2.2). */
const endpoint = (ip: string, port: number): string => {
  if (port === 0) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

export const sourceText = ({ src, srcPort, srcMac, srcName }: AlertRow): string =>
  src ? endpoint(src, srcPort) : srcMac || srcName

export const targetText = ({ dst, dstPort, dstMac, dstName }: AlertRow): string =>
  dst ? endpoint(dst, dstPort) : dstName || dstMac

/** What people did about it, where that is more than nothing. */
const stateText = ({ state, workflow }: AlertRow): string =>
  ['acknowledged', 'resolved'].includes(workflow.state) ? `${state}, ${workflow.state}` : state

const ago = (iso: string, nowMs: number): string =>
  `${formatDuration(Math.max(0, nowMs - Date.parse(iso)))} ago`

export const alertColumns = (nowMs: number): Column<AlertRow>[] => [
  { title: 'SEVERITY', text: ({ label }) => label },
  { title: 'DETECTOR', dropOrder: 2, text: ({ detector }) => detector },
  { title: 'WHAT', least: 24, text: ({ title }) => title },
  { title: 'SOURCE', dropOrder: 5, text: sourceText },
  { title: 'TARGET', dropOrder: 4, text: targetText },
  { title: 'COUNT', right: true, dropOrder: 3, text: ({ count }) => String(count) },
  { title: 'SEEN', right: true, text: ({ lastSeen }) => ago(lastSeen, nowMs) },
  { title: 'STATE', dropOrder: 1, text: stateText },
  { title: 'ID', text: ({ id }) => id },
]
