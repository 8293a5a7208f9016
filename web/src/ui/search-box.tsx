/** The filter's text box; `/` goes to it, Escape empties it and then leaves it. */
import { type KeyboardEvent, useRef } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from './icon.tsx'

interface Props {
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
}

export const SearchBox = ({ label, placeholder, value, onChange }: Props) => {
  const input = useRef<HTMLInputElement>(null)
  useShortcuts({
    '/': () => {
      input.current?.focus()
      input.current?.select()
    },
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    if (value) onChange('')
    else input.current?.blur()
  }
  return (
    <label className='search'>
      <Icon name='search' />
      <span className='sr-only'>{label}</span>
      <input
        ref={input}
        type='text'
        inputMode='search'
        spellCheck={false}
        autoComplete='off'
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {value ? (
        <button
          type='button'
          className='icon-button'
          aria-label='Clear the text'
          onClick={() => onChange('')}
        >
          <Icon name='close' />
        </button>
      ) : (
        <kbd aria-hidden='true'>/</kbd>
      )}
    </label>
  )
}
