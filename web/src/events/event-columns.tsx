/** The columns of the packet table. */
import { formatExact } from '../format/quantity.ts'
import { hasPorts } from '../format/service.ts'
import { formatTcpFlags } from '../format/tcp-flags.ts'
import { Address } from '../ui/address.tsx'
import { VerdictBadge } from '../ui/badge.tsx'
import type { Column } from '../ui/data-grid.tsx'
import { Icon } from '../ui/icon.tsx'
import type { PacketEvent } from './packet-event.ts'

const End = ({ address, port, proto }: { address: string; port: number; proto: string }) => (
  <Address text={address} port={hasPorts(proto) ? port : undefined} />
)

export const EVENT_COLUMNS: Column<PacketEvent>[] = [
  {
    key: 'time',
    label: 'Time',
    title: "Time of day in the server's timezone",
    cell: (event) => <span className='mono'>{event.time}</span>,
  },
  { key: 'action', label: 'Action', cell: (event) => <VerdictBadge verdict={event.action} /> },
  {
    key: 'direction',
    label: 'Dir',
    title: 'Direction, seen from the interface',
    cell: (event) => (
      <span
        className='direction'
        title={
          event.direction === 'INGRESS'
            ? 'It came in at the interface'
            : 'It went out at the interface'
        }
      >
        <Icon name={event.direction === 'INGRESS' ? 'inbound' : 'outbound'} />
        <span>{event.direction === 'INGRESS' ? 'in' : 'out'}</span>
      </span>
    ),
  },
  { key: 'proto', label: 'Proto', cell: (event) => event.proto },
  {
    key: 'src',
    label: 'Source',
    cell: (event) => <End address={event.src} port={event.srcPort} proto={event.proto} />,
  },
  {
    key: 'dst',
    label: 'Destination',
    cell: (event) => <End address={event.dst} port={event.dstPort} proto={event.proto} />,
  },
  {
    key: 'length',
    label: 'Length',
    title: 'L3 bytes; of several packets that the kernel handled as one, together',
    numeric: true,
    cell: (event) => (
      <span
        title={`${formatExact(event.length)} bytes in ${event.packets} ${event.packets === 1 ? 'packet' : 'packets'}`}
      >
        {formatExact(event.length)} B
      </span>
    ),
  },
  {
    key: 'flags',
    label: 'TCP flags',
    cell: (event) => <span className='faint'>{formatTcpFlags(event.tcpFlags)}</span>,
  },
  {
    key: 'interface',
    label: 'Interface',
    cell: (event) => (
      <span title={event.interface}>
        {event.interface}
        {event.vlan ? `.${event.vlan}` : ''}
      </span>
    ),
  },
]
