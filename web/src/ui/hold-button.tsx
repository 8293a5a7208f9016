/** Pause and resume of a live table, also by `p`. */
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from './icon.tsx'

export const HoldButton = ({ held, onToggle }: { held: boolean; onToggle: () => void }) => {
  useShortcuts({ p: onToggle })
  return (
    <button
      type='button'
      className={held ? 'button button-held' : 'button button-quiet'}
      aria-pressed={held}
      title={held ? 'Resume (p)' : 'Pause (p)'}
      onClick={onToggle}
    >
      <Icon name={held ? 'play' : 'pause'} />
      <span className='button-text'>{held ? 'Resume' : 'Pause'}</span>
    </button>
  )
}
