/** An event as it is sent: one line of JSON, and what else a sink wants to know of it. */
import type { SeverityLabel } from '@netscope/detect/detection.ts'

export const EXPORTED = ['flows', 'alerts'] as const
export type Exported = (typeof EXPORTED)[number]

export interface ExportLine {
  what: Exported
  /** Of an alert; a flow is `info`. */
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
