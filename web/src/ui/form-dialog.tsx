/** A question in a dialog: what goes wrong stands in it, because messages behind a dialog cannot be read. */
import { type FormEvent, type ReactNode, useState } from 'react'
import { messageOf } from '../api/request.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

interface Props {
  title: string
  /** Of the button that does it. */
  action: string
  isDanger?: boolean
  isWide?: boolean
  onSubmit: () => Promise<void>
  onClose: () => void
  children: ReactNode
}

export const FormDialog = (props: Props) => {
  const { title, action, isDanger, isWide, onSubmit, onClose, children } = props
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError('')
    try {
      await onSubmit()
    } catch (thrown) {
      setError(messageOf(thrown))
    }
    setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose} className={isWide ? 'dialog-wide' : ''}>
      <form onSubmit={(event) => void submit(event)}>
        {children}
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
            className={`button ${isDanger ? 'button-danger' : 'button-primary'}`}
            disabled={busy}
          >
            {busy ? 'Waiting …' : action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
