/** TCP of this host since start: sums over all sockets, and how far away its peers are. */
import type { RttHistogram, TcpTotals } from '@netscope/core/status.ts'
import { formatBytes, formatCount, formatExact, formatShare } from '../format/quantity.ts'
import { RttBars } from './rtt-bars.tsx'

interface Props {
  tcp: TcpTotals | undefined
  rtt: readonly RttHistogram[]
}

export const TcpTotalsSection = ({ tcp, rtt }: Props) => (
  <section>
    <h3>TCP of this host</h3>
    {tcp ? (
      <Totals tcp={tcp} />
    ) : (
      <p className='muted small'>
        No program of ours sees sockets here; the capabilities below say why.
      </p>
    )}
    <RttBars histograms={rtt} />
  </section>
)

const Totals = ({ tcp }: { tcp: TcpTotals }) => {
  const failed = tcp.refused + tcp.timedOut
  return (
    <dl className='totals'>
      <Total label='Established' value={formatExact(tcp.established)} title='Sockets, now' />
      <Total
        label='Connects'
        value={formatCount(tcp.connects)}
        note={failed > 0 ? `${formatShare(failed / Math.max(1, tcp.connects))} failed` : ''}
        title={`${formatExact(tcp.connects)} since start; ${formatExact(tcp.refused)} refused, ${formatExact(tcp.timedOut)} timed out`}
      />
      <Total
        label='Accepts'
        value={formatCount(tcp.accepts)}
        title={`${formatExact(tcp.accepts)} since start`}
      />
      <Total
        label='Resent'
        value={formatCount(tcp.retransmits)}
        title={`${formatExact(tcp.retransmits)} segments sent again in ${formatExact(tcp.retransmitEvents)} events since start`}
      />
      <Total
        label='Sent'
        value={formatBytes(tcp.sentBytes)}
        title={`${formatExact(tcp.sentBytes)} bytes of payload since start`}
      />
      <Total
        label='Received'
        value={formatBytes(tcp.receivedBytes)}
        title={`${formatExact(tcp.receivedBytes)} bytes of payload since start`}
      />
      <Total
        label='Kernel drops'
        value={tcp.drops === undefined ? '–' : formatCount(tcp.drops)}
        title={
          tcp.drops === undefined
            ? 'Not known: needs tracing (tier B)'
            : `${formatExact(tcp.drops)} packets since start`
        }
      />
    </dl>
  )
}

interface TotalProps {
  label: string
  value: string
  title: string
  note?: string
}

const Total = ({ label, value, title, note = '' }: TotalProps) => (
  <div title={title}>
    <dt>{label}</dt>
    <dd>
      {value} {note ? <span className='warn-text'>{note}</span> : null}
    </dd>
  </div>
)
