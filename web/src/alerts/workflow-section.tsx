/** What people do about an alert, and what has become of it: state, who looks after it, history, related alerts. */
import { type SyntheticEvent, useCallback, useState } from 'react'
import {
  acknowledgeAlert,
  type Alert,
  changeAlert,
  fetchHistory,
  fetchRelated,
} from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatDateTime } from '../format/time.ts'
import { useAct } from '../respond/use-act.ts'
import { formatRoute } from '../route.ts'

const AGAIN_MS = 5000

interface Props {
  alert: Alert
  mayAct: boolean
  onChanged: () => void
}

export const WorkflowSection = ({ alert, mayAct, onChanged }: Props) => {
  const { id, workflow } = alert
  const ask = useCallback(
    async () => ({ ...(await fetchHistory(id)), ...(await fetchRelated(id)) }),
    [id],
  )
  const { answer, reload } = usePolled(id, ask, AGAIN_MS)
  const changed = () => {
    reload()
    onChanged()
  }
  return (
    <section>
      <h3>What is done about it</h3>
      <p>
        {workflow.state}
        {workflow.assignee ? `, ${workflow.assignee} looks after it` : ''}
        {workflow.reason ? <span className='muted'>: {workflow.reason}</span> : null}
      </p>
      {mayAct ? <Actions alert={alert} onChanged={changed} /> : null}
      {answer && answer.related.length > 0 ? (
        <>
          <h3>Related</h3>
          <ul className='device-items'>
            {answer.related.map(({ because, alert: other }) => (
              <li key={other.id}>
                <a href={formatRoute('alerts', { alert: other.id })}>{other.title}</a>{' '}
                <span className='faint'>{because}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {answer && answer.changes.length > 0 ? (
        <>
          <h3>History</h3>
          <ul className='device-items'>
            {answer.changes.map((one) => (
              <li key={one.at + one.change + one.detail}>
                <span className='faint'>{formatDateTime(Date.parse(one.at)).slice(0, 19)}</span>{' '}
                {one.change} <span className='muted'>{one.detail}</span>{' '}
                <span className='faint'>{one.author ? `by ${one.author}` : ''}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  )
}

const Actions = ({ alert: { id, src, workflow }, onChanged }: Omit<Props, 'mayAct'>) => {
  const [reason, setReason] = useState('')
  const act = useAct(() => {
    setReason('')
    onChanged()
  })
  const isOpen = workflow.state === 'open'
  const change = (state: 'resolved' | 'open') =>
    act(changeAlert(id, { state, reason }), state === 'open' ? 'Open again.' : 'Resolved.')
  const note = (event: SyntheticEvent) => {
    event.preventDefault()
    act(changeAlert(id, { reason }), 'Noted.')
  }
  return (
    <form className='alert-form' onSubmit={note}>
      <label className='field'>
        <span>Note</span>
        <input
          type='text'
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {isOpen ? (
        <button
          type='button'
          className='button'
          onClick={() => act(acknowledgeAlert(id, reason), 'Acknowledged.')}
        >
          Acknowledge
        </button>
      ) : null}
      {workflow.state === 'resolved' ? (
        <button type='button' className='button' onClick={() => change('open')}>
          Reopen
        </button>
      ) : (
        <button type='button' className='button' onClick={() => change('resolved')}>
          Resolve
        </button>
      )}
      <button type='submit' className='button' disabled={reason === ''}>
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
