/** Makes an invitation, by which one agent can join, and shows its token this once. */
import { useState } from 'react'
import { type Invitation, inviteAgent } from '../api/agents.ts'
import { formatDateTime } from '../format/time.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'

const HOURS: readonly (readonly [hours: number, text: string])[] = [
  [1, 'one hour'],
  [24, 'a day'],
  [24 * 7, 'a week'],
]
const HOUR_SECONDS = 3600

export const InviteDialog = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState('')
  const [hours, setHours] = useState(1)
  const [made, setMade] = useState<Invitation>()

  const submit = async (): Promise<void> =>
    setMade(await inviteAgent(name.trim(), hours * HOUR_SECONDS))
  if (made) return <Made invitation={made} onClose={onClose} />
  return (
    <FormDialog
      title='Invite an agent'
      action='Make the invitation'
      onSubmit={submit}
      onClose={onClose}
    >
      <label className='field'>
        <span>
          Name <span className='faint'>(optional: else the one it asks for)</span>
        </span>
        <input
          type='text'
          data-autofocus
          maxLength={253}
          pattern='[A-Za-z0-9._\-]*'
          title='Letters, digits, dot, line and underline'
          spellCheck={false}
          autoComplete='off'
          placeholder='berlin-gateway'
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className='field'>
        <span>Holds for</span>
        <span className='select'>
          <select value={hours} onChange={(event) => setHours(Number(event.target.value))}>
            {HOURS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </span>
      </label>
    </FormDialog>
  )
}

const Made = ({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) => {
  const { token, server, expiresAtMs } = invitation
  const line = `sudo netscope agent --server ${server} --token ${token}`
  return (
    <Dialog title='Run this on the other machine' onClose={onClose}>
      <p className='agent-command'>
        <code className='mono'>{line}</code>
        <CopyButton text={line} label='Copy the command' />
      </p>
      <p className='muted'>
        The token is shown this once and lets one agent in, until{' '}
        {formatDateTime(expiresAtMs).slice(0, 16)}. The agent appears in the table when it has
        joined.
      </p>
      <div className='dialog-actions'>
        <button type='button' className='button button-primary' onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  )
}
