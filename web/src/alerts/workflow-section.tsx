/** What people do about an alert: state, note, who looks after it. */
import { type SyntheticEvent, useState } from 'react'
import { acknowledgeAlert, type Alert, changeAlert } from '../api/alerts.ts'
import { ago } from '../respond/time-left.tsx'
import { useAct } from '../respond/use-act.ts'
import { formatRoute } from '../route.ts'
import { useMe } from '../session/me.ts'
import { TextField } from '../ui/field.tsx'

interface Props {
  alert: Alert
  mayAct: boolean
  onChanged: () => void
}

export const WorkflowSection = ({ alert, mayAct, onChanged }: Props) => (
  <section>
    <h3>What is done about it</h3>
    <Done workflow={alert.workflow} />
    {mayAct ? (
      <>
        <Actions alert={alert} onChanged={onChanged} />
        <Assign key={alert.workflow.assignee} alert={alert} onChanged={onChanged} />
      </>
    ) : null}
  </section>
)

const STATES: Readonly<Record<Alert['workflow']['state'], string>> = {
  open: 'open',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
  silenced: 'silenced',
  'false-positive': 'false positive',
}

const Done = ({ workflow: { state, assignee, reason, author, at } }: Pick<Alert, 'workflow'>) => (
  <p>
    <b>{STATES[state]}</b>
    {author ? ` by ${author} ` : ' '}
    {at ? <span className='faint'>{ago(at)}</span> : null}
    {reason ? <span className='muted'>: {reason}</span> : null}
    {assignee ? <span>; {assignee} looks after it</span> : null}
  </p>
)

type ActionProps = Omit<Props, 'mayAct'>

const Actions = ({ alert: { id, src, workflow }, onChanged }: ActionProps) => {
  const [reason, setReason] = useState('')
  const act = useAct(() => {
    setReason('')
    onChanged()
  })
  const change = (state: 'resolved' | 'open') =>
    act(changeAlert(id, { state, reason }), state === 'open' ? 'Open again.' : 'Resolved.')
  const note = (event: SyntheticEvent) => {
    event.preventDefault()
    act(changeAlert(id, { reason }), 'Noted.')
  }
  return (
    <form className='alert-form' onSubmit={note}>
      <TextField
        label='Note'
        value={reason}
        onChange={setReason}
        maxLength={500}
        placeholder='goes with the button that you press'
      />
      {workflow.state === 'open' ? (
        <button
          type='button'
          className='button'
          onClick={() => act(acknowledgeAlert(id, reason), 'Acknowledged.')}
        >
          Acknowledge
        </button>
      ) : null}
      {workflow.state === 'resolved' || workflow.state === 'acknowledged' ? (
        <button type='button' className='button' onClick={() => change('open')}>
          Reopen
        </button>
      ) : null}
      {workflow.state === 'resolved' ? null : (
        <button type='button' className='button' onClick={() => change('resolved')}>
          Resolve
        </button>
      )}
      <button type='submit' className='button' disabled={reason.trim() === ''}>
        Add note
      </button>
      {src ? (
        <>
          <a className='button' href={formatRoute('respond', { ip: src })}>
            Block {src}
          </a>
          <a className='button' href={formatRoute('respond', { tab: 'look-up', ip: src })}>
            Look up
          </a>
        </>
      ) : null}
    </form>
  )
}

const Assign = ({ alert: { id, workflow }, onChanged }: ActionProps) => {
  const [assignee, setAssignee] = useState(workflow.assignee)
  const { me } = useMe()
  const act = useAct(onChanged)
  const assign = (to: string) =>
    act(changeAlert(id, { assignee: to }), to ? `${to} looks after it.` : 'Nobody looks after it.')
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    assign(assignee.trim())
  }
  return (
    <form className='alert-form' onSubmit={submit}>
      <TextField
        label='Looked after by'
        value={assignee}
        onChange={setAssignee}
        maxLength={100}
        placeholder='nobody'
      />
      <button type='submit' className='button' disabled={assignee.trim() === workflow.assignee}>
        Assign
      </button>
      {workflow.assignee === me.name || me.name === '' ? null : (
        <button type='button' className='button' onClick={() => assign(me.name)}>
          Assign to me
        </button>
      )}
    </form>
  )
}
