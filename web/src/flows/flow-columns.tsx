/** The columns of the flow table, most important first. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatBytes, formatCount, formatExact, formatRate } from '../format/quantity.ts'
import { hasPorts, serviceName } from '../format/service.ts'
import { formatAge, formatDuration } from '../format/time.ts'
import { VerdictBadge } from '../ui/badge.tsx'
import type { FitColumn } from '../ui/column-fit.ts'
import type { Column } from '../ui/data-grid.tsx'
import { Icon } from '../ui/icon.tsx'
import { clientNames, serverNames } from './flow-names.ts'
import { RetransmissionsCell, RttCell } from './health-cells.tsx'
import { HostCell } from './host-cell.tsx'
import { ProcessCell } from './process-cell.tsx'
import type { RateHistory } from './rate-history.ts'
import { linePath, Sparkline } from './sparkline.tsx'

/** Milliseconds that a flow has lived; a live one until `nowMs`. */
const ageOf = (flow: Flow, nowMs: number): number =>
  flow.end ? flow.durationMs : Math.max(flow.durationMs, nowMs - Date.parse(flow.firstSeen))

const Rate = ({ value }: { value: number }) => (
  <span className={value < 1 ? 'zero' : ''} title={`${formatExact(value)} bytes per second`}>
    {value < 1 ? '0' : formatRate(value)}
  </span>
)

const DIRECTION_TITLES: Readonly<Record<string, string>> = {
  inbound: 'Inbound: the client is outside',
  outbound: 'Outbound: the client is this host',
  forwarded: 'Forwarded: this host passes it on',
}

const DirectionMark = ({ direction }: { direction: string }) => {
  const icon = direction === 'inbound' || direction === 'outbound' ? direction : 'forwarded'
  return (
    <span className='direction' title={DIRECTION_TITLES[direction]}>
      <Icon name={icon} />
      <span>{direction}</span>
    </span>
  )
}

const Port = ({ flow }: { flow: Flow }) => {
  const service = serviceName(flow.protocol, flow.dstPort)
  if (!hasPorts(flow.protocol)) return <span className='zero'>–</span>
  return (
    <span title={service ? `Port ${flow.dstPort}, usually ${service}` : `Port ${flow.dstPort}`}>
      <span className='mono'>{flow.dstPort}</span> <span className='faint'>{service}</span>
    </span>
  )
}

const ServerCell = ({ flow, withPort = false }: { flow: Flow; withPort?: boolean }) => (
  <HostCell
    names={serverNames(flow)}
    address={flow.dst}
    port={withPort && hasPorts(flow.protocol) ? flow.dstPort : undefined}
  />
)

/** The server's port stands behind its address where the column of ports is not shown. */
export const keepPort = (columns: readonly FlowColumn[]): readonly FlowColumn[] =>
  columns.some(({ key }) => key === 'port')
    ? columns
    : columns.map((column) =>
        column.key === 'dst'
          ? { ...column, cell: (flow) => <ServerCell flow={flow} withPort /> }
          : column,
      )

/** A column, where it stands when room is short, and how it is named in the menu if its head is too short for that. */
export interface FlowColumn extends Column<Flow>, FitColumn {
  name?: string
}

export const flowColumns = (history: RateHistory, nowMs: number): FlowColumn[] => [
  {
    key: 'verdict',
    label: 'Verdict',
    sort: 'verdict',
    width: 54,
    rank: 6,
    cell: (flow) => <VerdictBadge verdict={flow.verdict} />,
  },
  {
    key: 'src',
    label: 'Client',
    title: 'The side that sent first: its name if one is known, and its address',
    sort: 'src',
    width: 140,
    grow: 1.5,
    rank: 1,
    cell: (flow) => (
      <HostCell
        names={clientNames(flow)}
        address={flow.src}
        port={hasPorts(flow.protocol) ? flow.srcPort : undefined}
      />
    ),
  },
  {
    key: 'dst',
    label: 'Server',
    title:
      'The side that was spoken to: the name that was asked for if it is known, and its address',
    sort: 'dst',
    width: 140,
    grow: 1.6,
    rank: 2,
    cell: (flow) => <ServerCell flow={flow} />,
  },
  {
    key: 'port',
    label: 'Port',
    sort: 'dstPort',
    width: 92,
    rank: 9,
    cell: (flow) => <Port flow={flow} />,
  },
  {
    key: 'process',
    label: 'Process',
    title: "The program that owns the connection's socket on this host; → before a server's",
    sort: 'process',
    width: 100,
    grow: 1.2,
    rank: 3,
    cell: (flow) => <ProcessCell flow={flow} />,
  },
  {
    key: 'protocol',
    label: 'Proto',
    name: 'Protocol',
    title: 'IP protocol',
    sort: 'protocol',
    width: 50,
    rank: 12,
    cell: (flow) => flow.protocol,
  },
  {
    key: 'interface',
    label: 'Interface',
    sort: 'interface',
    width: 70,
    rank: 15,
    cell: (flow) => <span title={flow.interface}>{flow.interface}</span>,
  },
  {
    key: 'direction',
    label: 'Direction',
    sort: 'direction',
    width: 88,
    rank: 14,
    cell: (flow) => <DirectionMark direction={flow.direction} />,
  },
  {
    key: 'out',
    label: 'Rate out',
    title: 'Bytes per second that the client sends',
    sort: 'srcBytesPerSecond',
    numeric: true,
    width: 74,
    rank: 4,
    cell: (flow) => <Rate value={flow.srcBytesPerSecond} />,
  },
  {
    key: 'in',
    label: 'Rate in',
    title: 'Bytes per second that the server sends',
    sort: 'dstBytesPerSecond',
    numeric: true,
    width: 74,
    rank: 5,
    cell: (flow) => <Rate value={flow.dstBytesPerSecond} />,
  },
  {
    key: 'rtt',
    label: 'RTT',
    name: 'Round trip time',
    title: 'Smoothed round trip time, of the side where it is larger',
    sort: 'rttMs',
    numeric: true,
    width: 62,
    rank: 7,
    cell: (flow) => <RttCell flow={flow} />,
  },
  {
    key: 'retrans',
    label: 'Resent',
    name: 'Retransmissions and drops',
    title:
      'TCP segments sent again, and their share of the packets; ⚠ where the kernel dropped some',
    sort: 'retransmits',
    numeric: true,
    width: 92,
    rank: 8,
    cell: (flow) => <RetransmissionsCell flow={flow} />,
  },
  {
    key: 'spark',
    label: 'Last 60 s',
    title: 'Both directions together, each row to its own scale, since you opened this page',
    sort: 'bytesPerSecond',
    numeric: true,
    width: 72,
    rank: 10,
    cell: (flow) => <Sparkline path={linePath(history.of(flow.id))} />,
  },
  {
    key: 'bytes',
    label: 'Bytes',
    title: 'L3 bytes of both directions',
    sort: 'bytes',
    numeric: true,
    width: 66,
    rank: 11,
    cell: (flow) => <Bytes bytes={flow.srcBytes + flow.dstBytes} />,
  },
  {
    key: 'packets',
    label: 'Packets',
    title: 'Wire packets of both directions',
    sort: 'packets',
    numeric: true,
    width: 60,
    rank: 16,
    cell: (flow) => <Packets packets={flow.srcPackets + flow.dstPackets} />,
  },
  {
    key: 'age',
    label: 'Age',
    title: 'Time since the first packet',
    sort: 'firstSeen',
    numeric: true,
    width: 48,
    rank: 13,
    cell: (flow) => (
      <span title={formatDuration(ageOf(flow, nowMs))}>{formatAge(ageOf(flow, nowMs))}</span>
    ),
  },
  {
    key: 'handshake',
    label: 'Handshake',
    name: 'Handshake and end',
    title: 'How the TCP connection began; for ended flows how it ended',
    sort: 'handshake',
    width: 92,
    rank: 17,
    cell: (flow) => (
      <span className={`handshake handshake-${flow.handshake}`}>{flow.end || flow.handshake}</span>
    ),
  },
]

const Bytes = ({ bytes }: { bytes: number }) => (
  <span title={`${formatExact(bytes)} bytes`}>{formatBytes(bytes)}</span>
)

const Packets = ({ packets }: { packets: number }) => (
  <span title={`${formatExact(packets)} packets`}>{formatCount(packets)}</span>
)

/** What narrow screens offer instead of the column heads. */
export const SORT_CHOICES: [sort: string, text: string][] = [
  ['-bytesPerSecond', 'Fastest first'],
  ['-bytes', 'Most bytes'],
  ['-packets', 'Most packets'],
  ['-retransmits', 'Most retransmissions'],
  ['-rttMs', 'Longest round trip'],
  ['process', 'Process'],
  ['-firstSeen', 'Newest'],
  ['firstSeen', 'Oldest'],
  ['src', 'Client'],
  ['dst', 'Server'],
]
