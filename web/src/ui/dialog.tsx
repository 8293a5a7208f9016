/** A modal dialog: the browser's own, so that focus, Escape and inertness of the rest are right. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Icon } from './icon.tsx'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  className?: string
}

export const Dialog = ({ title, onClose, children, className = '' }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    // React's autoFocus comes before showModal, which then moves the focus to the first button.
    const first = ['[data-autofocus]', 'form :is(input, select, button)']
      .map((selector) => dialog.current?.querySelector<HTMLElement>(selector))
      .find((element) => element)
    first?.focus()
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className='dialog-body'>
        <header>
          <h2 id={id}>{title}</h2>
          <button type='button' className='icon-button' aria-label='Close' onClick={onClose}>
            <Icon name='close' />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
