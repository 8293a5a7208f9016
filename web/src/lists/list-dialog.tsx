/** Asks for the reason before an address is blocked or allowed, and says what will happen. */
import { useState } from 'react'
import type { ListName, NewEntry } from '../api/lists.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
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
  const verb = VERBS[list]

  const submit = async (): Promise<void> => {
    await onAdd(list, newEntry(address, reason, seconds))
    onClose()
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
    <FormDialog
      title={choices.length > 1 ? `${verb} which address?` : `${verb} ${address}?`}
      action={verb}
      isDanger={list === 'deny'}
      onSubmit={submit}
      onClose={onClose}
    >
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
    </FormDialog>
  )
}

/** Leaves out what was not given. */
export const newEntry = (ip: string, reason: string, expiresInSeconds: number): NewEntry => ({
  ip,
  ...(reason.trim() ? { reason: reason.trim() } : {}),
  ...(expiresInSeconds > 0 ? { expiresInSeconds } : {}),
})
