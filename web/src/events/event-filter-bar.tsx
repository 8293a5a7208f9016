/** The line above the packet table. */
import { useState } from 'react'
import { HoldButton } from '../ui/hold-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Select } from '../ui/select.tsx'
import { type EventFilter, isPort, NO_FILTER } from './event-filter.ts'

interface Props {
  filter: EventFilter
  onChange: (change: Partial<EventFilter>) => void
  held: boolean
  onHold: () => void
  onClear: () => void
}

export const EventFilterBar = ({ filter, onChange, held, onHold, onClear }: Props) => {
  const [open, setOpen] = useState(false)
  const set = Object.values(filter).filter(Boolean).length
  const badPort = filter.port !== '' && !isPort(filter.port)
  return (
    <div className={open ? 'filter-bar filter-open' : 'filter-bar'} role='search'>
      <SearchBox
        label='Filter packets by address'
        placeholder='Address, or its beginning'
        value={filter.address}
        onChange={(address) => onChange({ address: address.trim() })}
      />
      <button
        type='button'
        className='button button-quiet filter-toggle'
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name='filter' /> Filter{set > 0 ? ` (${set})` : ''}
      </button>
      <div className='filter-choices'>
        <label className={filter.port ? 'port-input select-set' : 'port-input'}>
          <span className='sr-only'>Port</span>
          <input
            type='text'
            inputMode='numeric'
            placeholder='Port'
            value={filter.port}
            aria-invalid={badPort}
            title={badPort ? 'A port is a number from 0 to 65535' : 'Port of either side'}
            onChange={(event) => onChange({ port: event.target.value.trim() })}
          />
        </label>
        <Select
          label='Protocol'
          value={filter.proto}
          options={['TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP']}
          onChange={(proto) => onChange({ proto })}
        />
        <Select
          label='Action'
          value={filter.action}
          options={['PASS', 'DROP', 'SKIP', 'SSH']}
          onChange={(action) => onChange({ action })}
        />
        <Select
          label='Direction'
          value={filter.direction}
          options={[
            ['INGRESS', 'in (INGRESS)'],
            ['EGRESS', 'out (EGRESS)'],
          ]}
          onChange={(direction) => onChange({ direction })}
        />
        {set > 0 ? (
          <button type='button' className='button button-quiet' onClick={() => onChange(NO_FILTER)}>
            Clear filter
          </button>
        ) : null}
      </div>
      <button
        type='button'
        className='button button-quiet'
        onClick={onClear}
        title='Empty the table'
      >
        <Icon name='trash' /> <span className='button-text'>Empty</span>
      </button>
      <HoldButton held={held} onToggle={onHold} />
    </div>
  )
}
