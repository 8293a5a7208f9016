/** What a format of exported events is. A new one is a file in formats/ and a line in formats.ts. */
import type { AlertRow } from '../alerts/alert-row.ts'
import type { Action, ActionStep } from '../respond/action.ts'
import type { StoredFlow } from '../store/flow-store.ts'

/** Why an alert is told of: it is new, more severe than it was told, goes on after a restart, or is over. */
export type AlertMoment = 'new' | 'raised' | 'resumed' | 'ended'

/** One step of an action, and the action as it was then. */
export interface ActionEvent {
  action: Omit<Action, 'steps' | 'preview'>
  step: ActionStep
}

export interface ExportFormat {
  /** A flow that has ended. */
  flow(flow: StoredFlow): object
  alert(row: AlertRow, moment: AlertMoment): object
  action(event: ActionEvent): object
}

export interface ExportFormatKind {
  name: string
  /** In a sentence. */
  description: string
  /** `version`: of NetScope. */
  create(version: string): ExportFormat
}
