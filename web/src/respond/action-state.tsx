/** The state of an action, and on demand each of its steps: when, who, why. */
import { actedBy } from '@netscope/core/acted-by.ts'
import type { Action } from '../api/respond.ts'
import { formatDateTime, withLocalTimes } from '../format/time.ts'

const TONES: Readonly<Partial<Record<Action['state'], string>>> = {
  verified: 'badge-skip',
  'in-force': 'badge-ssh',
  asked: 'severity-medium',
  failed: 'badge-drop',
  refused: 'badge-drop',
}

const wordOf = (state: string): string => state.replace('-', ' ')

export const ActionState = ({ action: { state, steps } }: { action: Action }) => (
  <>
    <span className={`badge ${TONES[state] ?? ''}`}>{wordOf(state)}</span>
    <details className='steps'>
      <summary>
        {steps.length} {steps.length === 1 ? 'step' : 'steps'}
      </summary>
      <ol>
        {steps.map((step) => (
          <li key={step.at + step.state + step.reason}>
            <span className='faint'>{formatDateTime(Date.parse(step.at)).slice(0, 19)}</span>{' '}
            <b>{wordOf(step.state)}</b> {withLocalTimes(step.reason)}{' '}
            <span className='faint'>by {actedBy(step.by)}</span>
          </li>
        ))}
      </ol>
    </details>
  </>
)
