/** An event as it is sent: one line of JSON, and what else a sink wants to know of it. */
import type { SeverityLabel } from '@netscope/detect/detection.ts'

export const EXPORTED = ['flows', 'alerts', 'actions'] as const
export type Exported = (typeof EXPORTED)[number]

/** Of each kind so many. */
export type ExportCounts = Record<Exported, number>

export const noCounts = (): ExportCounts => ({ flows: 0, alerts: 0, actions: 0 })

export interface ExportLine {
  what: Exported
  /** Of an alert; flows and most actions are `info`. */
  label: SeverityLabel
  /** JSON without a line break. */
  text: string
  /** In UTF-8. */
  bytes: number
}

/** What is told of at once; the same id each time that it is tried. */
export interface ExportBatch {
  id: string
  lines: readonly ExportLine[]
}
