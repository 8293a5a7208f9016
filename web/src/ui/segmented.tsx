/** One of a few, all visible: a radio group drawn as one control. */
import { type ReactNode, useId } from 'react'

interface Props<Value extends string> {
  label: string
  value: Value
  options: readonly (readonly [value: Value, text: ReactNode])[]
  onChange: (value: Value) => void
}

export const Segmented = <Value extends string>({
  label,
  value,
  options,
  onChange,
}: Props<Value>) => {
  const name = useId()
  return (
    <fieldset className='segmented'>
      <legend className='sr-only'>{label}</legend>
      {options.map(([id, text]) => (
        <label key={id} className={id === value ? 'on' : ''}>
          <input type='radio' name={name} checked={id === value} onChange={() => onChange(id)} />
          {text}
        </label>
      ))}
    </fieldset>
  )
}
