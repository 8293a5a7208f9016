/** The panel beside the table; on a narrow screen it covers the page. Not modal: the table stays usable. */
import { type ReactNode, useId } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from './icon.tsx'

interface Props {
  title: ReactNode
  subtitle?: ReactNode
  onClose: () => void
  children: ReactNode
  className?: string
}

export const Drawer = ({ title, subtitle, onClose, children, className = '' }: Props) => {
  const id = useId()
  useShortcuts({ Escape: onClose })
  return (
    <aside className={`drawer ${className}`} aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{title}</h2>
          {subtitle ? <p className='muted'>{subtitle}</p> : null}
        </div>
        <button
          type='button'
          className='icon-button'
          aria-label='Close the panel'
          title='Close (Esc)'
          onClick={onClose}
        >
          <Icon name='close' />
        </button>
      </header>
      <div className='drawer-body'>{children}</div>
    </aside>
  )
}
