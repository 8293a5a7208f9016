/** An alert as people see it: with what became of it, and who said so. */
import type { AlertRow, FalsePositive } from './alert-row.ts'
import type { StoredAlert } from './alert-store.ts'
import type { FalsePositiveMark } from './false-positives.ts'

const workflowOf = ({ state, workflow }: StoredAlert): AlertRow['workflow'] => {
  const { assignee, reason, author, atMs } = workflow
  const at = atMs === 0 ? null : new Date(atMs).toISOString()
  const held = state === 'suppressed' ? 'silenced' : state === 'false-positive' ? state : undefined
  return { state: held ?? workflow.state, assignee, reason, author, at }
}

const falsePositiveOf = (mark: FalsePositiveMark): FalsePositive => ({
  reason: mark.reason,
  author: mark.author,
  at: new Date(mark.createdAtMs).toISOString(),
  factor: mark.factor,
  expiresAt: new Date(mark.expiresAtMs).toISOString(),
})

export const shownRow = (stored: StoredAlert, mark: FalsePositiveMark | undefined): AlertRow => {
  const { alert, state, suppressedBy, incident } = stored
  const falsePositive = mark ? falsePositiveOf(mark) : null
  return { ...alert, state, suppressedBy, falsePositive, workflow: workflowOf(stored), incident }
}
