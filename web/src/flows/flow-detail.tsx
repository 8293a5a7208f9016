/** All that is known of one flow, and the means to stop it. */
import type { Flow, FlowFieldName } from '@netscope/core/flow.ts'
import { formatBytes, formatExact, formatRate } from '../format/quantity.ts'
import { formatTcpFlags } from '../format/tcp-flags.ts'
import { formatDateTime, formatDuration } from '../format/time.ts'
import { EndpointCard } from '../lists/endpoint-card.tsx'
import { verdictMeaning, VerdictBadge } from '../ui/badge.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Drawer } from '../ui/drawer.tsx'
import { FlowFields } from './flow-fields.tsx'
import { linePath, Sparkline } from './sparkline.tsx'
import type { FlowRow } from './use-flows.ts'

interface Props {
  flow: FlowRow
  rates: readonly number[]
  /** It no longer is among the rows of the table. */
  gone: boolean
  onClose: () => void
}

/** Fields that the upper part of the panel already shows. */
const SHOWN = new Set<FlowFieldName>([
  'communityId',
  'verdict',
  'srcBytes',
  'dstBytes',
  'srcPackets',
  'dstPackets',
  'srcBytesPerSecond',
  'dstBytesPerSecond',
  'srcDroppedPackets',
  'dstDroppedPackets',
  'srcTcpFlags',
  'dstTcpFlags',
  'firstSeen',
  'lastSeen',
  'durationMs',
])

export const FlowDetail = ({ flow, rates, gone, onClose }: Props) => (
  <Drawer
    title={
      <>
        {flow.protocol} {flow.direction}
      </>
    }
    subtitle={
      gone
        ? 'This flow is no longer in the table; these are its last values.'
        : flow.stale
          ? 'Its agent has not confirmed it since it was away; these are its last values.'
          : verdictMeaning(flow.verdict)
    }
    onClose={onClose}
    className='flow-detail'
  >
    <div className='endpoints'>
      <EndpointCard
        title='Client'
        address={flow.src}
        port={flow.srcPort}
        protocol={flow.protocol}
      />
      <EndpointCard
        title='Server'
        address={flow.dst}
        port={flow.dstPort}
        protocol={flow.protocol}
      />
    </div>
    <div className='flow-spark'>
      <Sparkline path={linePath(rates)} />
      <span className='faint'>
        {formatRate(flow.srcBytesPerSecond + flow.dstBytesPerSecond)} now · last 60 s
      </span>
    </div>
    <TwoSides flow={flow} />
    <dl className='fields'>
      <div>
        <dt>Verdict</dt>
        <dd>
          <VerdictBadge verdict={flow.verdict} />
        </dd>
      </div>
      <div>
        <dt>First seen</dt>
        <dd title={flow.firstSeen}>{formatDateTime(Date.parse(flow.firstSeen))}</dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd title={flow.lastSeen}>{formatDateTime(Date.parse(flow.lastSeen))}</dd>
      </div>
      <div>
        <dt>Duration</dt>
        <dd title={`${formatExact(flow.durationMs)} ms`}>{formatDuration(flow.durationMs)}</dd>
      </div>
      <div>
        <dt title='The same name in Zeek, Suricata and Wireshark'>Community ID</dt>
        <dd className='with-copy'>
          <span className='mono'>{flow.communityId}</span>
          <CopyButton text={flow.communityId} label='Copy the Community ID' />
        </dd>
      </div>
    </dl>
    <FlowFields flow={flow} except={SHOWN} />
  </Drawer>
)

const TwoSides = ({ flow }: { flow: Flow }) => (
  <table className='two-sides'>
    <thead>
      <tr>
        <th scope='col'>
          <span className='sr-only'>Value</span>
        </th>
        <th scope='col'>Client sent</th>
        <th scope='col'>Server sent</th>
      </tr>
    </thead>
    <tbody>
      <Pair
        label='Rate'
        values={[flow.srcBytesPerSecond, flow.dstBytesPerSecond]}
        format={formatRate}
      />
      <Pair label='Bytes' values={[flow.srcBytes, flow.dstBytes]} format={formatBytes} />
      <Pair label='Packets' values={[flow.srcPackets, flow.dstPackets]} format={formatExact} />
      <Pair
        label='Dropped'
        values={[flow.srcDroppedPackets, flow.dstDroppedPackets]}
        format={formatExact}
      />
      <tr>
        <th scope='row'>TCP flags</th>
        <td>{formatTcpFlags(flow.srcTcpFlags) || '–'}</td>
        <td>{formatTcpFlags(flow.dstTcpFlags) || '–'}</td>
      </tr>
    </tbody>
  </table>
)

interface PairProps {
  label: string
  values: readonly [number, number]
  format: (value: number) => string
}

const Pair = ({ label, values, format }: PairProps) => (
  <tr>
    <th scope='row'>{label}</th>
    {values.map((value, side) => (
      <td key={side === 0 ? 'src' : 'dst'} title={formatExact(value)}>
        {format(value)}
      </td>
    ))}
  </tr>
)
