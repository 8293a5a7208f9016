/** Does something over the API once it is pressed, and says what became of it; asks first where that cannot be taken back. */
import { useState } from 'react'
import { messageOf } from '../api/request.ts'
import { FormDialog } from './form-dialog.tsx'
import { type Toast, useToast } from './toast.tsx'

interface Props<T> {
  label: string
  /** What it acts on, for whoever does not see the row. */
  of: string
  run: () => Promise<T>
  said: string | ((answer: T) => string | Toast)
  onDone: () => void
  isPrimary?: boolean
  /** Why one might not want it. */
  question?: string
}

export const ActButton = <T,>(props: Props<T>) => {
  const { label, of, run, said, onDone, isPrimary, question } = props
  const [busy, setBusy] = useState(false)
  const [asks, setAsks] = useState(false)
  const toast = useToast()
  const act = async (): Promise<void> => {
    const answer = await run()
    const text = typeof said === 'string' ? said : said(answer)
    toast(typeof text === 'string' ? { text, tone: 'good' } : text)
    setAsks(false)
    onDone()
  }
  const press = async (): Promise<void> => {
    setBusy(true)
    try {
      await act()
    } catch (thrown) {
      toast({ text: messageOf(thrown), tone: 'bad' })
    }
    setBusy(false)
  }
  return (
    <>
      <button
        type='button'
        className={isPrimary ? 'button button-primary' : 'button'}
        aria-label={`${label} ${of}`}
        disabled={busy}
        onClick={() => (question ? setAsks(true) : void press())}
      >
        {label}
      </button>
      {asks ? (
        <FormDialog
          title={`${label} ${of}?`}
          action={label}
          isDanger
          onSubmit={act}
          onClose={() => setAsks(false)}
        >
          <p>{question}</p>
        </FormDialog>
      ) : null}
    </>
  )
}
