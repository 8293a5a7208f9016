/** How long an entry holds. */

const CHOICES: [seconds: number, text: string][] = [
  [0, 'until it is removed'],
  [900, 'for 15 minutes'],
  [3600, 'for 1 hour'],
  [86_400, 'for 1 day'],
  [604_800, 'for 1 week'],
]

export const DurationSelect = ({
  value,
  onChange,
}: {
  value: number
  onChange: (seconds: number) => void
}) => (
  <label className='field'>
    <span>Holds</span>
    <span className='select'>
      <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {CHOICES.map(([seconds, text]) => (
          <option key={seconds} value={seconds}>
            {text}
          </option>
        ))}
      </select>
    </span>
  </label>
)
