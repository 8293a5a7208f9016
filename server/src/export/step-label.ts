/** How much a step of an action asks for somebody's eyes. */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import type { ActionStep } from '../respond/action.ts'

export const stepLabel = ({ state }: Pick<ActionStep, 'state'>): SeverityLabel => {
  if (state === 'failed') return 'medium'
  return state === 'refused' || state === 'asked' ? 'low' : 'info'
}
