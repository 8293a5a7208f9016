/** Now, or a part of the history: the choice, and the times of a range of one's own. */
import { Icon } from '../ui/icon.tsx'
import type { FlowFilter } from './flow-filter.ts'
import { inputTime, RANGE_NAMES, type RangeName, timeRangeOf } from './time-range.ts'

interface Props {
  filter: FlowFilter
  onChange: (change: Partial<FlowFilter>) => void
}

const TEXTS: Record<RangeName, string> = {
  '': 'Live',
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  custom: 'From … to …',
}
const HOUR_MS = 3_600_000
/** An open end is after every beginning. */
const FAR_AWAY_MS = 8.64e15

export const TimeRangeChoice = ({ filter, onChange }: Props) => {
  const choose = (range: RangeName) => {
    // What was shown is where a range of one's own begins.
    const shown = timeRangeOf(filter, Date.now())
    const from = inputTime(shown?.fromMs ?? Date.now() - HOUR_MS)
    const times = range === 'custom' ? { from, to: filter.to } : { from: '', to: '' }
    const isOther = (filter.range === '') !== (range === '')
    onChange({
      range,
      ...times,
      ...(isOther && { sort: range === '' ? '-bytesPerSecond' : '-lastSeen' }),
    })
  }
  return (
    <>
      <label className={filter.range ? 'select select-set time-range' : 'select time-range'}>
        <span className='sr-only'>Time</span>
        <select
          value={filter.range}
          title='What is now, or a part of the history'
          onChange={({ target }) => choose(target.value as RangeName)}
        >
          {RANGE_NAMES.map((name) => (
            <option key={name} value={name}>
              {TEXTS[name]}
            </option>
          ))}
        </select>
      </label>
      {filter.range === 'custom' ? <Times filter={filter} onChange={onChange} /> : null}
    </>
  )
}

const Times = ({ filter, onChange }: Props) => {
  const isWrong = timeRangeOf(filter, FAR_AWAY_MS) === undefined
  return (
    <span className='time-inputs'>
      <input
        type='datetime-local'
        aria-label='From'
        aria-invalid={isWrong}
        value={filter.from}
        onChange={({ target }) => onChange({ from: target.value })}
      />
      <span className='faint'>to</span>
      <input
        type='datetime-local'
        aria-label='To; empty: now'
        title='Empty: now'
        aria-invalid={isWrong}
        value={filter.to}
        onChange={({ target }) => onChange({ to: target.value })}
      />
      {isWrong ? (
        <span className='error' role='alert'>
          <Icon name='warn' /> The end must be after the beginning
        </span>
      ) : null}
    </span>
  )
}
