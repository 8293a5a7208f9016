/** What policies and people have done because of an alert. */
import { useCallback } from 'react'
import type { Alert } from '../api/alerts.ts'
import { fetchActions } from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { ActionState } from '../respond/action-state.tsx'
import { left } from '../respond/time-left.tsx'
import { formatRoute } from '../route.ts'

const AGAIN_MS = 3000

export const AnswersSection = ({ alert: { id } }: { alert: Alert }) => {
  const ask = useCallback(() => fetchActions({ alert: id }), [id])
  const { answer } = usePolled(id, ask, AGAIN_MS)
  if (!answer || answer.actions.length === 0) return null
  return (
    <section>
      <h3>Answers</h3>
      <ul className='device-items'>
        {answer.actions.map((action) => (
          <li key={action.id}>
            {action.does.join(', ')} <span className='mono'>{action.target}</span>{' '}
            <span className='faint'>
              {action.policy ? `policy ${action.policy}` : action.author}
            </span>
            {action.inForce ? <span className='faint'>, ends {left(action.expiresAt)}</span> : null}{' '}
            <ActionState action={action} />
          </li>
        ))}
      </ul>
      <p>
        <a href={formatRoute('respond')}>Decide, undo</a>
      </p>
    </section>
  )
}
