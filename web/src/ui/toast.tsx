/** Short messages with an optional undo; they wait while the pointer or the focus is on them. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from './icon.tsx'

export interface Toast {
  text: ReactNode
  tone?: 'good' | 'bad'
  undo?: () => void
}

interface Shown extends Toast {
  id: number
}

const UNDO_MS = 15_000
const PLAIN_MS = 6_000
const MOST = 4

const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Shows a message. */
export const useToast = () => useContext(ToastContext)

export const ToastProvider = ({ children }: { children: ReactNode }) => {
  const [toasts, setToasts] = useState<Shown[]>([])
  const nextId = useRef(1)
  const show = useCallback((toast: Toast) => {
    const id = nextId.current++
    setToasts((before) => [...before.slice(1 - MOST), { ...toast, id }])
  }, [])
  const close = useCallback(
    (id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)),
    [],
  )
  const latest = toasts.findLast((toast) => toast.undo)
  useShortcuts({
    u: () => {
      latest?.undo?.()
      if (latest) close(latest.id)
    },
  })
  return (
    <ToastContext value={show}>
      {children}
      <section className='toasts' aria-label='Messages' aria-live='polite'>
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={close} />
        ))}
      </section>
    </ToastContext>
  )
}

const ToastCard = ({ toast, onClose }: { toast: Shown; onClose: (id: number) => void }) => {
  const [held, setHeld] = useState(false)
  const lastsMs = toast.undo ? UNDO_MS : PLAIN_MS
  const close = useMemo(() => () => onClose(toast.id), [onClose, toast.id])
  useEffect(() => {
    if (held) return undefined
    const timer = setTimeout(close, lastsMs)
    return () => clearTimeout(timer)
  }, [held, close, lastsMs])
  return (
    <div
      className={`toast toast-${toast.tone ?? 'good'}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={toast.tone === 'bad' ? 'warn' : 'check'} />
      <p>{toast.text}</p>
      {toast.undo ? (
        <button
          type='button'
          className='button button-quiet'
          onClick={() => {
            toast.undo?.()
            close()
          }}
        >
          Undo <kbd aria-hidden='true'>u</kbd>
        </button>
      ) : null}
      <button type='button' className='icon-button' aria-label='Dismiss' onClick={close}>
        <Icon name='close' />
      </button>
    </div>
  )
}
