/** Adds an address or prefix to a list; the server judges the text and explains a refusal. */
import { type FormEvent, useRef, useState } from 'react'
import type { ListName } from '../api/lists.ts'
import { messageOf } from '../api/request.ts'
import { Icon } from '../ui/icon.tsx'
import { DurationSelect } from './duration-select.tsx'
import { useListActions } from './list-actions.tsx'
import { newEntry } from './list-dialog.tsx'
import { effectOf, VERBS } from './list-words.ts'

export const ListForm = ({ list }: { list: ListName }) => {
  const { add } = useListActions()
  const [ip, setIp] = useState('')
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(0)
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError('')
    try {
      await add(list, newEntry(ip.trim(), reason, seconds))
      setIp('')
      setReason('')
    } catch (thrown) {
      setError(messageOf(thrown))
    }
    setBusy(false)
    input.current?.focus()
  }
  return (
    <form className='list-form' onSubmit={(event) => void submit(event)}>
      <label className='field'>
        <span>Address or prefix</span>
        <input
          ref={input}
          className='mono'
          type='text'
          required
          spellCheck={false}
          autoComplete='off'
          placeholder='203.0.113.7, 10.0.0.0/8, fd00::/64'
          value={ip}
          aria-invalid={error !== ''}
          aria-describedby='list-form-note'
          onChange={(event) => setIp(event.target.value)}
        />
      </label>
      <label className='field'>
        <span>Reason</span>
        <input
          type='text'
          maxLength={200}
          placeholder='optional'
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <DurationSelect value={seconds} onChange={setSeconds} />
      <button
        type='submit'
        className={list === 'deny' ? 'button button-danger' : 'button button-primary'}
        disabled={busy}
      >
        <Icon name='plus' /> {busy ? 'Waiting …' : VERBS[list]}
      </button>
      <p
        id='list-form-note'
        className={error ? 'error' : 'faint'}
        role={error ? 'alert' : undefined}
      >
        {error ? <Icon name='warn' /> : null} {error || effectOf(list, 'it')}
      </p>
    </form>
  )
}
