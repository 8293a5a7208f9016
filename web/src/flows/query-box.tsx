/** The box of the filter: words or a query, with what could stand there and what is wrong; `/` goes to it. */
import type { Completion, QueryError } from '@netscope/core/query/query.ts'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { Icon } from '../ui/icon.tsx'
import { QUERY_FIELDS } from './query-fields.ts'
import { excerpt, queryError, replaced } from './query-text.ts'
import { useCompletions } from './use-completions.ts'

interface Props {
  value: string
  onChange: (value: string) => void
}

const LIST_ID = 'query-options'

export const QueryBox = ({ value, onChange }: Props) => {
  const input = useRef<HTMLInputElement>(null)
  const [cursor, setCursor] = useState<number>()
  const [chosen, setChosen] = useState(-1)
  /** Where the cursor goes once the text that was put in is shown. */
  const next = useRef<number>(undefined)
  const { from, to, options } = useCompletions(value, value === '' ? undefined : cursor)
  const error = queryError(value, QUERY_FIELDS)

  useLayoutEffect(() => {
    if (next.current === undefined) return
    input.current?.setSelectionRange(next.current, next.current)
    setCursor(next.current)
    next.current = undefined
  }, [value])
  useShortcuts({
    '/': () => {
      input.current?.focus()
      input.current?.select()
    },
  })

  const change = (text: string, at: number | undefined) => {
    setChosen(-1)
    setCursor(at)
    onChange(text)
  }
  const put = (start: number, end: number, text: string) => {
    const after = replaced(value, start, end, text)
    next.current = after.cursor
    input.current?.focus()
    change(after.text, after.cursor)
  }
  const onEscape = () => {
    if (options.length > 0) setCursor(undefined)
    else if (value) change('', undefined)
    else input.current?.blur()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const option = options[chosen]
    if (event.key === 'Escape') onEscape()
    else if (event.key === 'ArrowDown' && options.length > 0)
      setChosen((chosen + 1) % options.length)
    else if (event.key === 'ArrowUp' && options.length > 0)
      setChosen((chosen <= 0 ? options.length : chosen) - 1)
    else if ((event.key === 'Enter' || event.key === 'Tab') && option) put(from, to, option.text)
    else return
    event.preventDefault()
  }
  return (
    <div className='search query'>
      <Icon name='search' />
      <input
        ref={input}
        type='text'
        role='combobox'
        aria-label='Filter flows'
        aria-expanded={options.length > 0}
        aria-controls={LIST_ID}
        aria-autocomplete='list'
        aria-activedescendant={options[chosen] ? `${LIST_ID}-${chosen}` : undefined}
        aria-invalid={error !== undefined}
        inputMode='search'
        spellCheck={false}
        autoComplete='off'
        placeholder='Name, address, process … or bytes > 1MB'
        title='Words that must occur, or a query such as: src in 10.0.0.0/8 and (port = 443 or process ~ curl)'
        value={value}
        onChange={({ target }) => change(target.value, target.selectionStart ?? undefined)}
        onSelect={({ currentTarget }) => setCursor(currentTarget.selectionStart ?? undefined)}
        onBlur={() => setCursor(undefined)}
        onKeyDown={onKeyDown}
      />
      {value ? (
        <button
          type='button'
          className='icon-button'
          aria-label='Clear the text'
          onClick={() => change('', undefined)}
        >
          <Icon name='close' />
        </button>
      ) : (
        <kbd aria-hidden='true'>/</kbd>
      )}
      <div className='query-below'>
        {error ? <Wrong text={value} error={error} onUse={put} /> : null}
        {options.length > 0 ? (
          <Options
            options={options}
            chosen={chosen}
            onUse={(option) => put(from, to, option.text)}
          />
        ) : null}
      </div>
    </div>
  )
}

interface WrongProps {
  text: string
  error: QueryError
  onUse: (from: number, to: number, text: string) => void
}

const Wrong = ({ text, error, onUse }: WrongProps) => {
  const { position, length, message, suggestion } = error
  const { before, wrong, after } = excerpt(text, error)
  return (
    <div className='query-wrong' role='status'>
      <code>
        {before}
        <mark>{wrong}</mark>
        {after}
      </code>
      <p>
        {message}
        {suggestion === undefined ? null : (
          <button
            type='button'
            className='button button-quiet'
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onUse(position, position + length, suggestion)}
          >
            Use {suggestion}
          </button>
        )}
      </p>
    </div>
  )
}

interface OptionsProps {
  options: readonly Completion[]
  chosen: number
  onUse: (option: Completion) => void
}

const Options = ({ options, chosen, onUse }: OptionsProps) => (
  <div id={LIST_ID} role='listbox' aria-label='What could stand here' className='query-options'>
    {options.map((option, index) => (
      <div
        key={`${option.kind} ${option.text}`}
        id={`${LIST_ID}-${index}`}
        ref={index === chosen ? (row) => row?.scrollIntoView({ block: 'nearest' }) : null}
        role='option'
        aria-selected={index === chosen}
        tabIndex={-1}
        // The box keeps the focus, so that one can go on typing.
        onMouseDown={(event) => {
          event.preventDefault()
          onUse(option)
        }}
      >
        <span className='mono'>{option.text}</span>
        <span className='faint'>{option.detail}</span>
      </div>
    ))}
  </div>
)
