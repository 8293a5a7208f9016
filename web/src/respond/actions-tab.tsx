/** Blocks and other actions: where each comes from, how long it holds, what the kernel says, and the way back. */
import { useCallback, useState } from 'react'
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
import { ActButton } from '../ui/act-button.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { Select } from '../ui/select.tsx'
import { ActionState } from './action-state.tsx'
import { BlockForm } from './block-form.tsx'
import { ago, left } from './time-left.tsx'

const AGAIN_MS = 2000
const NOW = 'now'
const STATES: [string, string][] = [
  [NOW, 'in force now'],
  ['asked', 'asked: wait for you'],
  ['observed', 'observed only'],
  ['refused', 'refused'],
  ['failed', 'failed'],
  ['expired', 'expired'],
  ['undone', 'undone'],
]

export const ActionsTab = ({ params }: { params: URLSearchParams }) => {
  const [state, setState] = useState('')
  const ask = useCallback(
    () => fetchActions(state === NOW ? { inForce: true } : state ? { state } : {}),
    [state],
  )
  const { answer, error, reload } = usePolled(`actions ${state}`, ask, AGAIN_MS)
  const mayAct = reaches(useMe().me, 'operator')
  const ip = params.get('ip') ?? ''
  const shown = answer?.actions.length ?? 0
  return (
    <>
      {mayAct ? <BlockForm key={ip} address={ip} onDone={reload} /> : null}
      <div className='access-actions'>
        <Select label='All states' value={state} options={STATES} onChange={setState} />
        {answer && answer.total > shown ? (
          <span className='faint'>
            The last {formatExact(shown)} of {formatExact(answer.total)}
          </span>
        ) : null}
      </div>
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Actions'
        columns={COLUMNS}
        rows={answer?.actions}
        keyOf={({ id }) => id}
        empty={
          state
            ? 'No action is like that.'
            : 'Nothing was blocked, asked or observed yet. Block an address above, or make a policy that does.'
        }
      >
        {mayAct ? (action) => <Decide action={action} reload={reload} /> : undefined}
      </PlainTable>
    </>
  )
}

const COLUMNS: readonly PlainColumn<Action>[] = [
  {
    label: 'Target',
    cell: ({ target, does, agent }) => (
      <>
        <span className='mono'>{target}</span>
        <p className='faint'>
          {does.join(', ')}
          {agent ? ` at ${agent}` : ''}
        </p>
      </>
    ),
  },
  { label: 'State', cell: (action) => <ActionState action={action} /> },
  { label: 'Because', className: 'long', cell: (action) => <Because action={action} /> },
  { label: 'Since', className: 'nowrap', cell: ({ createdAt }) => ago(createdAt) },
  {
    label: 'Ends',
    className: 'nowrap',
    cell: ({ inForce, state, expiresAt }) =>
      inForce || state === 'asked' ? left(expiresAt) : <span className='faint'>–</span>,
  },
  { label: 'Kernel', cell: (action) => seenOf(action) },
]

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

const seenOf = ({ verification: seen, terminated }: Action) => {
  const ended = terminated
    ? `${formatExact(terminated)} ${terminated === 1 ? 'connection' : 'connections'} ended`
    : ''
  const counted = seen
    ? `${formatExact(seen.passedPackets)} packets passed, ${formatExact(seen.droppedPackets)} dropped`
    : ''
  const ssh = seen?.sshPackets
    ? `${formatExact(seen.sshPackets)} to or from SSH ports, which are never dropped`
    : ''
  const text = [counted, ssh, ended].filter(Boolean).join('; ')
  return text || <span className='faint'>–</span>
}

const Decide = ({ action, reload }: { action: Action; reload: () => void }) => {
  const { id, target, state, inForce } = action
  if (state === 'asked')
    return (
      <>
        <ActButton
          isPrimary
          label='Approve'
          of={target}
          run={() => approveAction(id)}
          said={(now) => saidOf(now)}
          onDone={reload}
        />
        <ActButton
          label='Reject'
          of={target}
          run={() => rejectAction(id)}
          said={`${target}: rejected.`}
          onDone={reload}
        />
      </>
    )
  if (!inForce) return null
  return (
    <ActButton
      label='Undo'
      of={target}
      run={() => undoAction(id)}
      said={`${target}: undone.`}
      onDone={reload}
    />
  )
}

/** What became of it: with the reason where it was not done. */
export const saidOf = ({ target, state, inForce, steps }: Action) =>
  inForce
    ? ({ text: `${target}: done.`, tone: 'good' } as const)
    : ({ text: `${target}: ${state}, ${steps.at(-1)?.reason ?? ''}`, tone: 'bad' } as const)
