/** The columns of the table of devices. */
import type { Device } from '../api/devices.ts'
import { formatRate } from '../format/quantity.ts'
import { formatAge, formatDateTime } from '../format/time.ts'
import { Address } from '../ui/address.tsx'
import type { Column } from '../ui/data-grid.tsx'

const PORTS_SHOWN = 6

export const nameOf = ({ name, hostname }: Device): string => name || hostname

const rate = (bitsPerSecond: number) =>
  bitsPerSecond === 0 ? <span className='faint'>–</span> : formatRate(bitsPerSecond / 8)

export const vendorOf = ({ vendor, randomized_mac: isRandom, mac }: Device): string => {
  if (vendor) return vendor
  if (isRandom) return 'random MAC'
  return mac === '' ? 'no MAC seen' : ''
}

export const Status = ({ status }: Pick<Device, 'status'>) => (
  <span className={`device-status device-${status}`}>
    <i aria-hidden='true' />
    {status}
  </span>
)

const seen = (device: Device): string => {
  const ago = Date.now() - Date.parse(device.last_seen)
  return ago < 1000 ? 'now' : `${formatAge(ago)} ago`
}

export const DEVICE_COLUMNS: Column<Device>[] = [
  { key: 'status', label: 'Status', cell: (device) => <Status status={device.status} /> },
  {
    key: 'name',
    label: 'Name',
    sort: 'hostname',
    cell: (device) =>
      nameOf(device) ? (
        <span title={device.name ? device.hostname : undefined}>{nameOf(device)}</span>
      ) : (
        <span className='faint'>no name</span>
      ),
  },
  {
    key: 'ip',
    label: 'Address',
    sort: 'ip',
    cell: ({ ip }) => (ip ? <Address text={ip} /> : <span className='faint'>none now</span>),
  },
  { key: 'role', label: 'Role', cell: ({ role }) => role || <span className='faint'>–</span> },
  {
    key: 'mac',
    label: 'MAC and maker',
    cell: (device) => (
      <span title={`${device.mac} ${vendorOf(device)}`}>
        <span className='mono'>{device.mac}</span> <span className='faint'>{vendorOf(device)}</span>
      </span>
    ),
  },
  {
    key: 'sends',
    label: 'Sends',
    numeric: true,
    title: 'Average of the last ten seconds',
    sort: 'bandwidth',
    cell: (device) => rate(device.bandwidth_tx_bps),
  },
  {
    key: 'receives',
    label: 'Receives',
    numeric: true,
    title: 'Average of the last ten seconds',
    cell: (device) => rate(device.bandwidth_rx_bps),
  },
  {
    key: 'ports',
    label: 'Open ports',
    title: 'Ports that were seen answering',
    cell: ({ open_ports: ports }) => (
      <span className='mono' title={ports.join(', ')}>
        {ports.slice(0, PORTS_SHOWN).join(' ')}
        {ports.length > PORTS_SHOWN ? ` +${ports.length - PORTS_SHOWN}` : ''}
      </span>
    ),
  },
  {
    key: 'seen',
    label: 'Seen',
    numeric: true,
    sort: 'last_seen',
    cell: (device) => (
      <span title={formatDateTime(Date.parse(device.last_seen))}>{seen(device)}</span>
    ),
  },
]
