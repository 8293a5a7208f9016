/** A labelled choice from few values; the empty value means "all". */

interface Props {
  label: string
  value: string
  options: readonly (string | [value: string, text: string])[]
  onChange: (value: string) => void
}

export const Select = ({ label, value, options, onChange }: Props) => (
  <label className={value ? 'select select-set' : 'select'}>
    <span className='sr-only'>{label}</span>
    <select value={value} onChange={(event) => onChange(event.target.value)}>
      <option value=''>{label}</option>
      {options.map((option) => {
        const [id, text] = typeof option === 'string' ? [option, option] : option
        return (
          <option key={id} value={id}>
            {text}
          </option>
        )
      })}
    </select>
  </label>
)
