/** The columns of the flow table, most important first. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatBytes, formatCount, formatExact, formatRate } from '../format/quantity.ts'
import { hasPorts, serviceName } from '../format/service.ts'
import { formatAge, formatDuration } from '../format/time.ts'
import { Address } from '../ui/address.tsx'
import { VerdictBadge } from '../ui/badge.tsx'
import type { Column } from '../ui/data-grid.tsx'
import { Icon } from '../ui/icon.tsx'
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

export const flowColumns = (history: RateHistory, nowMs: number): Column<Flow>[] => [
  {
    key: 'verdict',
    label: 'Verdict',
    sort: 'verdict',
    cell: (flow) => <VerdictBadge verdict={flow.verdict} />,
  },
  {
    key: 'src',
    label: 'Client',
    title: 'The side that sent first',
    sort: 'src',
    cell: (flow) => (
      <Address text={flow.src} port={hasPorts(flow.protocol) ? flow.srcPort : undefined} />
    ),
  },
  {
    key: 'dst',
    label: 'Server',
    title: 'The side that was spoken to',
    sort: 'dst',
    cell: (flow) => <Address text={flow.dst} />,
  },
  { key: 'port', label: 'Port', sort: 'dstPort', cell: (flow) => <Port flow={flow} /> },
  {
    key: 'protocol',
    label: 'Proto',
    title: 'IP protocol',
    sort: 'protocol',
    cell: (flow) => flow.protocol,
  },
  {
    key: 'interface',
    label: 'Interface',
    sort: 'interface',
    cell: (flow) => <span title={flow.interface}>{flow.interface}</span>,
  },
  {
    key: 'direction',
    label: 'Direction',
    sort: 'direction',
    cell: (flow) => <DirectionMark direction={flow.direction} />,
  },
  {
    key: 'out',
    label: 'Rate out',
    title: 'Bytes per second that the client sends',
    sort: 'srcBytesPerSecond',
    numeric: true,
    cell: (flow) => <Rate value={flow.srcBytesPerSecond} />,
  },
  {
    key: 'in',
    label: 'Rate in',
    title: 'Bytes per second that the server sends',
    sort: 'dstBytesPerSecond',
    numeric: true,
    cell: (flow) => <Rate value={flow.dstBytesPerSecond} />,
  },
  {
    key: 'spark',
    label: 'Last 60 s',
    title: 'Both directions together, each row to its own scale, since you opened this page',
    sort: 'bytesPerSecond',
    numeric: true,
    cell: (flow) => <Sparkline path={linePath(history.of(flow.id))} />,
  },
  {
    key: 'bytes',
    label: 'Bytes',
    title: 'L3 bytes of both directions',
    sort: 'bytes',
    numeric: true,
    cell: (flow) => <Bytes bytes={flow.srcBytes + flow.dstBytes} />,
  },
  {
    key: 'packets',
    label: 'Packets',
    title: 'Wire packets of both directions',
    sort: 'packets',
    numeric: true,
    cell: (flow) => <Packets packets={flow.srcPackets + flow.dstPackets} />,
  },
  {
    key: 'age',
    label: 'Age',
    title: 'Time since the first packet',
    sort: 'firstSeen',
    numeric: true,
    cell: (flow) => (
      <span title={formatDuration(ageOf(flow, nowMs))}>{formatAge(ageOf(flow, nowMs))}</span>
    ),
  },
  {
    key: 'handshake',
    label: 'Handshake',
    title: 'How the TCP connection began; for ended flows how it ended',
    sort: 'handshake',
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
  ['-firstSeen', 'Newest'],
  ['firstSeen', 'Oldest'],
  ['src', 'Client'],
  ['dst', 'Server'],
]
