/** What people do about an alert: acknowledge, resolve, reopen, assign, note; each change is kept with its author. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { AlertChanges } from './alert-changes.ts'
import type { Workflow, WorkflowState } from './alert-row.ts'
import type { AlertStore, StoredAlert } from './alert-store.ts'

export interface WorkflowChange {
  state?: WorkflowState | undefined
  /** Empty: nobody. */
  assignee?: string | undefined
  /** Why the state is another; a note, if nothing else is changed. */
  reason?: string | undefined
}

export interface WorkflowDeps {
  store: Pick<AlertStore, 'find'>
  changes: AlertChanges
  /** Keeps it and tells who watches. */
  setWorkflow(id: string, workflow: Workflow): void
  /** Milliseconds since 1970. */
  now(): number
}

const WORDS: Readonly<Record<WorkflowState, string>> = {
  open: 'reopened',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
}

/** What the change is called in the history; empty: it changes nothing. */
export const changesOf = (
  before: Workflow,
  { state, assignee, reason = '' }: WorkflowChange,
): { change: string; detail: string }[] => {
  const isOther = state !== undefined && state !== before.state
  const isAssigned = assignee !== undefined && assignee !== before.assignee
  return [
    ...(isOther ? [{ change: WORDS[state], detail: reason }] : []),
    ...(isAssigned ? [{ change: 'assigned', detail: assignee || 'nobody' }] : []),
    ...(!isOther && reason ? [{ change: 'note', detail: reason }] : []),
  ]
}

export interface Workflows {
  /** The alert before the change. Throws `alert.unknown` or `alert.unchanged`. */
  change(id: string, change: WorkflowChange, author: string): StoredAlert
}

export const createWorkflows = ({ store, changes, setWorkflow, now }: WorkflowDeps): Workflows => ({
  change(id, change, author) {
    const stored = store.find(id)
    if (!stored) throw new NetscopeError('alert.unknown', { id })
    const { workflow, alert } = stored
    const made = changesOf(workflow, change)
    // Acknowledging twice is no mistake: two people did.
    if (made.length === 0 && change.state === undefined)
      throw new NetscopeError('alert.unchanged', { id })
    const atMs = now()
    for (const one of made) changes.add(id, { atMs, author, ...one })
    const { state = workflow.state, assignee = workflow.assignee } = change
    const isOther = state !== workflow.state
    const said = isOther
      ? { reason: change.reason ?? '', author, atMs, severity: alert.severity }
      : {}
    if (made.length > 0) setWorkflow(id, { ...workflow, ...said, state, assignee })
    return stored
  },
})
