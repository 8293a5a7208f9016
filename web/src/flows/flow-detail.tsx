/** All that is known of one flow, and the means to stop it. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatBytes, formatExact, formatRate } from '../format/quantity.ts'
import { formatTcpFlags } from '../format/tcp-flags.ts'
import { formatDateTime, formatDuration } from '../format/time.ts'
import { EndpointCard } from '../lists/endpoint-card.tsx'
import { verdictMeaning, VerdictBadge } from '../ui/badge.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Drawer } from '../ui/drawer.tsx'
import { CaptureButton } from './capture-button.tsx'
import { DropsSection } from './drops-section.tsx'
import { FeedsSection } from './feeds-section.tsx'
import { FlowFields } from './flow-fields.tsx'
import { clientNames, serverNames } from './flow-names.ts'
import { NamesSection } from './names-section.tsx'
import { PlacesSection } from './places-section.tsx'
import { ProcessCard } from './process-card.tsx'
import { SHOWN_FIELDS } from './shown-fields.ts'
import { linePath, Sparkline } from './sparkline.tsx'
import { TcpSection } from './tcp-section.tsx'
import type { FlowRow } from './use-flows.ts'

interface Props {
  flow: FlowRow
  /** Of the last minute; none of a flow of the history. */
  rates: readonly number[]
  /** It no longer is among the rows of the table. */
  gone: boolean
  onClose: () => void
}

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
        name={clientNames(flow)[0]?.name}
        address={flow.src}
        port={flow.srcPort}
        protocol={flow.protocol}
      >
        <ProcessCard flow={flow} side='src' />
      </EndpointCard>
      <EndpointCard
        title='Server'
        name={serverNames(flow)[0]?.name}
        address={flow.dst}
        port={flow.dstPort}
        protocol={flow.protocol}
      >
        <ProcessCard flow={flow} side='dst' />
      </EndpointCard>
    </div>
    <DropsSection flow={flow} />
    {rates.length > 0 ? (
      <div className='flow-spark'>
        <Sparkline path={linePath(rates)} />
        <span className='faint'>
          {formatRate(flow.srcBytesPerSecond + flow.dstBytesPerSecond)} now · last 60 s
        </span>
      </div>
    ) : null}
    <TcpSection flow={flow} />
    <TwoSides flow={flow} />
    <NamesSection flow={flow} />
    <FeedsSection addresses={`${flow.src} ${flow.dst}`} />
    <PlacesSection flow={flow} />
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
    <CaptureButton flow={flow} />
    <FlowFields flow={flow} except={SHOWN_FIELDS} />
  </Drawer>
)

const TwoSides = ({ flow }: { flow: Flow }) => (
  <section>
    <h3>On the wire</h3>
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
  </section>
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
