/** Asks for the reason before an address is blocked or allowed, and says what will happen. */
import { type FormEvent, useState } from 'react'
import type { ListName, NewEntry } from '../api/lists.ts'
import { messageOf } from '../api/request.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { DurationSelect } from './duration-select.tsx'
import { effectOf, VERBS } from './list-words.ts'

interface Props {
  list: ListName
  addresses: string[]
  onAdd: (list: ListName, entry: NewEntry) => Promise<void>
  onClose: () => void
}

export const ListDialog = ({ list, addresses, onAdd, onClose }: Props) => {
  const [address, setAddress] = useState(addresses[0] ?? '')
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(0)
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const verb = VERBS[list]

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError('')
    try {
      await onAdd(list, newEntry(address, reason, seconds))
      onClose()
    } catch (thrown) {
      setError(messageOf(thrown))
      setBusy(false)
    }
  }
  const choices = [...new Set(addresses)].map(
    (each) =>
      [
        each,
        <span className='mono' key={each}>
          {each}
        </span>,
      ] as const,
  )
  return (
    <Dialog
      title={choices.length > 1 ? `${verb} which address?` : `${verb} ${address}?`}
      onClose={onClose}
      className='ask'
    >
      <form onSubmit={(event) => void submit(event)}>
        {choices.length > 1 ? (
          <Segmented label='Address' value={address} options={choices} onChange={setAddress} />
        ) : null}
        <p className='effect'>
          <Icon name={list === 'deny' ? 'block' : 'allow'} />
          <span>{effectOf(list, address)}</span>
        </p>
        <label className='field'>
          <span>
            Reason <span className='faint'>(optional, for whoever reads the list later)</span>
          </span>
          <input
            type='text'
            data-autofocus
            maxLength={200}
            value={reason}
            placeholder={
              list === 'deny' ? 'port scan, unknown device …' : 'backup server, monitoring …'
            }
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <DurationSelect value={seconds} onChange={setSeconds} />
        {error ? (
          <p className='error' role='alert'>
            <Icon name='warn' /> {error}
          </p>
        ) : null}
        <div className='dialog-actions'>
          <button type='button' className='button' onClick={onClose}>
            Cancel
          </button>
          <button
            type='submit'
            className={list === 'deny' ? 'button button-danger' : 'button button-primary'}
            disabled={busy}
          >
            {busy ? 'Waiting for the kernel …' : verb}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Leaves out what was not given. */
export const newEntry = (ip: string, reason: string, expiresInSeconds: number): NewEntry => ({
  ip,
  ...(reason.trim() ? { reason: reason.trim() } : {}),
  ...(expiresInSeconds > 0 ? { expiresInSeconds } : {}),
})
