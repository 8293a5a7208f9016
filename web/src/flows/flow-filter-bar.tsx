/** The line above the flow table: text, choices, state, pause. */
import { type ReactNode, useState } from 'react'
import { HoldButton } from '../ui/hold-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Select } from '../ui/select.tsx'
import { SORT_CHOICES } from './flow-columns.tsx'
import { conditions, type FlowFilter } from './flow-filter.ts'
import { QueryBox } from './query-box.tsx'
import { STORED_SORT_CHOICES } from './stored-columns.tsx'
import { TimeRangeChoice } from './time-range-choice.tsx'

interface Props {
  filter: FlowFilter
  onChange: (change: Partial<FlowFilter>) => void
  interfaces: readonly string[]
  paused: boolean
  onPause: () => void
  /** What else stands in the line. */
  children?: ReactNode
}

const STATES = [
  ['live', 'Live'],
  ['ended', 'Ended'],
  ['all', 'All'],
] as const

export const FlowFilterBar = (props: Props) => {
  const { filter, onChange, interfaces, paused, onPause } = props
  const [open, setOpen] = useState(false)
  const set = conditions(filter)
  const isStored = filter.range !== ''
  const clear = { q: '', protocol: '', verdict: '', direction: '', interface: '' }
  return (
    <div className={open ? 'filter-bar filter-open' : 'filter-bar'} role='search'>
      <QueryBox value={filter.q} onChange={(q) => onChange({ q })} />
      <button
        type='button'
        className='button button-quiet filter-toggle'
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name='filter' /> Filter{set > 0 ? ` (${set})` : ''}
      </button>
      <TimeRangeChoice filter={filter} onChange={onChange} />
      {isStored ? null : (
        <Segmented
          label='State'
          value={filter.state}
          options={STATES}
          onChange={(state) => onChange({ state })}
        />
      )}
      <div className='filter-choices'>
        <Select
          label='Protocol'
          value={filter.protocol}
          options={['TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP']}
          onChange={(protocol) => onChange({ protocol })}
        />
        <Select
          label='Verdict'
          value={filter.verdict}
          options={['PASS', 'DROP', 'SKIP', 'SSH']}
          onChange={(verdict) => onChange({ verdict })}
        />
        <Select
          label='Direction'
          value={filter.direction}
          options={['inbound', 'outbound', 'forwarded']}
          onChange={(direction) => onChange({ direction })}
        />
        <Select
          label='Interface'
          value={filter.interface}
          options={interfaces}
          onChange={(name) => onChange({ interface: name })}
        />
        <label className='select narrow-only'>
          <span className='sr-only'>Sort by</span>
          <select value={filter.sort} onChange={(event) => onChange({ sort: event.target.value })}>
            {(isStored ? STORED_SORT_CHOICES : SORT_CHOICES).map(([sort, text]) => (
              <option key={sort} value={sort}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {set > 0 ? (
          <button type='button' className='button button-quiet' onClick={() => onChange(clear)}>
            Clear
          </button>
        ) : null}
      </div>
      {props.children}
      {isStored ? null : <HoldButton held={paused} onToggle={onPause} />}
    </div>
  )
}
