/** The choice of columns: a button and the list that it opens. */
import { type FocusEvent, useRef, useState } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from '../ui/icon.tsx'
import type { FlowColumn } from './flow-columns.tsx'
import { type ColumnChoice, FIXED_COLUMNS } from './use-column-choice.ts'

interface Props {
  columns: readonly FlowColumn[]
  choice: ColumnChoice
  /** Keys of the columns that are wanted but find no room. */
  crowded: ReadonlySet<string>
}

export const ColumnMenu = (props: Props) => {
  const [open, setOpen] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const leave = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget && !frame.current?.contains(relatedTarget)) setOpen(false)
  }
  return (
    <div ref={frame} className='menu wide-only' onBlur={leave}>
      <button
        type='button'
        className='button button-quiet'
        aria-expanded={open}
        title='Which columns the table shows'
        onClick={() => setOpen(!open)}
      >
        <Icon name='columns' /> Columns
      </button>
      {open ? (
        <>
          <div className='menu-shade' onPointerDown={() => setOpen(false)} />
          <Choices {...props} onClose={() => setOpen(false)} />
        </>
      ) : null}
    </div>
  )
}

const Choices = ({ columns, choice, crowded, onClose }: Props & { onClose: () => void }) => {
  useShortcuts({ Escape: onClose })
  return (
    <fieldset className='menu-list'>
      <legend className='sr-only'>Columns</legend>
      {columns.map(({ key, label, name = label }) => (
        <label key={key} className='check'>
          <input
            type='checkbox'
            checked={choice.shown.has(key)}
            disabled={FIXED_COLUMNS.has(key)}
            onChange={() => choice.toggle(key)}
          />
          <span>{name}</span>
          {crowded.has(key) ? (
            <span className='faint' title='It comes back when the table is wider'>
              no room
            </span>
          ) : null}
        </label>
      ))}
      <button
        type='button'
        className='button button-quiet menu-foot'
        disabled={choice.isDefault}
        onClick={choice.reset}
      >
        Default columns
      </button>
    </fieldset>
  )
}
