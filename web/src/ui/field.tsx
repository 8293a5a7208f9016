/** Labelled inputs of forms. */
import { type InputHTMLAttributes, type ReactNode, useId } from 'react'

type Option = string | readonly [value: string, text: string]

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  /** What is to be written there. */
  note?: ReactNode
}

type Rest = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'>

export const TextField = ({ label, value, onChange, note, ...rest }: Props & Rest) => {
  const id = useId()
  return (
    <div className='field'>
      <label htmlFor={id}>{label}</label>
      <input
        type='text'
        autoComplete='off'
        spellCheck={false}
        {...rest}
        id={id}
        aria-describedby={note ? `${id}-note` : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {note ? (
        <p className='faint' id={`${id}-note`}>
          {note}
        </p>
      ) : null}
    </div>
  )
}

export const ChoiceField = ({
  label,
  value,
  onChange,
  note,
  options,
}: Props & { options: readonly Option[] }) => {
  const id = useId()
  return (
    <div className='field'>
      <label htmlFor={id}>{label}</label>
      <span className='select'>
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => {
            const [key, text] = typeof option === 'string' ? [option, option] : option
            return (
              <option key={key} value={key}>
                {text}
              </option>
            )
          })}
        </select>
      </span>
      {note ? <p className='faint'>{note}</p> : null}
    </div>
  )
}

interface CheckProps {
  label: string
  value: boolean
  onChange: (value: boolean) => void
}

export const CheckField = ({ label, value, onChange }: CheckProps) => (
  <label className='check'>
    <input type='checkbox' checked={value} onChange={(event) => onChange(event.target.checked)} />
    {label}
  </label>
)
