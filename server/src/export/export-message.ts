/** What the server's thread and the thread of the exports say to each other. */
import type { AlertRow } from '../alerts/alert-row.ts'
import type { FreshNames } from '../store/store-message.ts'
import type { ActionEvent, AlertMoment } from './export-format.ts'
import type { OutputFigures } from './output.ts'
import type { OutputSpec } from './output-spec.ts'

/** What the thread begins with. */
export interface ExportThreadConfig {
  outputs: OutputSpec[]
  queueBytes: number
  version: string
  hostname: string
  /** As in outgoing.allow. */
  allow: readonly string[]
}

export interface SentFlows {
  agent: string
  wallOffsetMs: number
  /** RECORD_BYTES each; those that have not ended are left out. */
  records: Uint8Array
  names: FreshNames
}

export interface SentAlert {
  /** Number of the output. */
  output: number
  moment: AlertMoment
  row: AlertRow
}

export interface SentAction {
  /** Number of the output. */
  output: number
  event: ActionEvent
}

export type ToExport =
  | { is: 'flows'; flows: SentFlows }
  | { is: 'alert'; alert: SentAlert }
  | { is: 'action'; action: SentAction }
  | { is: 'stop' }

export type FromExport =
  /** So many bytes of records, and so many alerts and actions, are no longer on their way. */
  | { is: 'taken'; bytes: number; alerts: number; actions: number }
  /** By output. */
  | { is: 'figures'; figures: OutputFigures[] }
  | { is: 'changed'; output: string; error: string }
  | { is: 'stopped'; figures: OutputFigures[] }
