/** Blocks and other actions: where each comes from, how long it holds, what the kernel says, and the way back. */
import {
  type Action,
  approveAction,
  fetchActions,
  rejectAction,
  undoAction,
} from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { formatRoute } from '../route.ts'
import { reaches, useMe } from '../session/me.ts'
import { BlockForm } from './block-form.tsx'
import { ago, left } from './time-left.tsx'
import { useAct } from './use-act.ts'

const AGAIN_MS = 2000

export const ActionsTab = ({ params }: { params: URLSearchParams }) => {
  const { answer, error, reload } = usePolled('actions', fetchActions, AGAIN_MS)
  const mayAct = reaches(useMe().me, 'operator')
  return (
    <>
      {mayAct ? <BlockForm address={params.get('ip') ?? ''} onDone={reload} /> : null}
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Actions</caption>
        <thead>
          <tr>
            <th scope='col'>Target</th>
            <th scope='col'>Does</th>
            <th scope='col'>State</th>
            <th scope='col'>Because</th>
            <th scope='col'>Since</th>
            <th scope='col'>Ends</th>
            <th scope='col'>Kernel</th>
            <th scope='col'>
              <span className='sr-only'>Decide</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer?.actions.map((action) => (
            <tr key={action.id}>
              <td className='mono'>{action.target}</td>
              <td>{action.does.join(', ')}</td>
              <td>
                <State action={action} />
              </td>
              <td>
                <Because action={action} />
              </td>
              <td>{ago(action.createdAt)}</td>
              <td>{action.inForce || action.state === 'asked' ? left(action.expiresAt) : '–'}</td>
              <td>{seenOf(action)}</td>
              <td>{mayAct ? <Decide action={action} reload={reload} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer?.actions.length === 0 ? (
        <p className='faint'>Nothing was blocked, asked or observed yet.</p>
      ) : null}
    </>
  )
}

/** Its steps are the tooltip: who, what, why. */
const State = ({ action: { state, steps } }: { action: Action }) => (
  <span title={steps.map((step) => `${step.state} by ${step.by}: ${step.reason}`).join('\n')}>
    {state}
  </span>
)

const Because = ({ action: { policy, alert, title, reason, author } }: { action: Action }) => (
  <>
    {alert ? (
      <a href={formatRoute('alerts', { alert })}>{title || 'its alert'}</a>
    ) : (
      reason || title
    )}{' '}
    <span className='faint'>{policy ? `policy ${policy}` : `by ${author}`}</span>
  </>
)

const seenOf = ({ verification: seen, terminated }: Action): string => {
  const ended = terminated ? `${formatExact(terminated)} connections ended` : ''
  const counted = seen
    ? `${formatExact(seen.passedPackets)} packets passed, ${formatExact(seen.droppedPackets)} dropped`
    : ''
  return [counted, ended].filter(Boolean).join('; ') || '–'
}

const Decide = ({
  action: { id, target, state, inForce },
  reload,
}: {
  action: Action
  reload: () => void
}) => {
  const act = useAct(reload)
  if (state === 'asked')
    return (
      <>
        <button
          type='button'
          className='button button-primary'
          onClick={() => act(approveAction(id), `${target}: done.`)}
        >
          Approve
        </button>{' '}
        <button
          type='button'
          className='button'
          onClick={() => act(rejectAction(id), `${target}: rejected.`)}
        >
          Reject
        </button>
      </>
    )
  if (!inForce) return null
  return (
    <button
      type='button'
      className='button'
      onClick={() => act(undoAction(id), `${target}: undone.`)}
    >
      Undo
    </button>
  )
}
