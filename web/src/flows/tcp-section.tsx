/** How the TCP of a flow does: what the socket of each side measures, beside what passed on the wire. */
import type { Flow } from '@netscope/core/flow.ts'
import type { ReactNode } from 'react'
import { formatBytes, formatExact, formatRate, formatShare } from '../format/quantity.ts'
import { formatLatency } from '../format/time.ts'
import {
  healthOf,
  LOSSY_SHARE,
  type Side,
  SIDES,
  type SideHealth,
  whyUnknown,
} from './flow-health.ts'
import { Unknown } from './process-cell.tsx'

export const TcpSection = ({ flow }: { flow: Flow }) => {
  if (flow.protocol !== 'TCP') return null
  return (
    <section>
      <h3>TCP health</h3>
      <table className='two-sides'>
        <thead>
          <tr>
            <th scope='col'>
              <span className='sr-only'>Value</span>
            </th>
            <th scope='col'>Client’s socket</th>
            <th scope='col'>Server’s socket</th>
          </tr>
        </thead>
        <tbody>
          <Line flow={flow} label='State' cell={(_, side) => flow[`${side}TcpState`]} />
          <Line
            flow={flow}
            label='RTT'
            title='Smoothed round trip time'
            cell={({ rttMs }) => (rttMs > 0 ? formatLatency(rttMs) : '')}
          />
          <Line
            flow={flow}
            label='Smallest RTT'
            title='Of the last minutes: the way itself, without queues'
            cell={({ minRttMs }) => (minRttMs > 0 ? formatLatency(minRttMs) : '')}
          />
          <Line flow={flow} label='RTT samples' cell={(health) => formatExact(health.rttSamples)} />
          <Line flow={flow} label='Resent' title='Segments sent again' cell={resent} />
          <Line
            flow={flow}
            label='Window'
            title='Congestion window: segments that may be under way'
            cell={(_, side) => segments(flow[`${side}CongestionWindow`])}
          />
          <Line
            flow={flow}
            label='Delivery rate'
            title='Payload that the socket last saw delivered'
            cell={(_, side) => rate(flow[`${side}DeliveryRate`])}
          />
          <Line
            flow={flow}
            label='Payload sent'
            title='Bytes that the socket sent, without headers'
            cell={(_, side) => formatBytes(flow[`${side}SentBytes`])}
          />
          <Line
            flow={flow}
            label='Payload received'
            title='Bytes that the socket received, without headers'
            cell={(_, side) => formatBytes(flow[`${side}ReceivedBytes`])}
          />
        </tbody>
      </table>
      <p className='faint small'>{beginning(flow)}</p>
    </section>
  )
}

const resent = ({ retransmits, packets }: SideHealth): ReactNode => {
  const share = packets > 0 ? Math.min(1, retransmits / packets) : 0
  if (retransmits === 0) return '0'
  return (
    <span className={share > LOSSY_SHARE ? 'lossy' : ''}>
      {formatExact(retransmits)} ({formatShare(share)})
    </span>
  )
}

const segments = (count: number) => (count > 0 ? `${formatExact(count)} segments` : '')
const rate = (bytesPerSecond: number) => (bytesPerSecond > 0 ? formatRate(bytesPerSecond) : '')

const HANDSHAKES: Readonly<Record<string, string>> = {
  complete: 'Handshake complete',
  refused: 'Handshake refused',
  unanswered: 'Handshake unanswered',
  midstream: 'It began before we looked',
}

const CONNECTS: Readonly<Record<string, string>> = {
  connected: 'connected',
  refused: 'connect refused',
  'timed-out': 'connect timed out',
  aborted: 'connect given up',
}

/** 'Handshake complete, 18.2 ms at the interface · connected in 18.9 ms'. */
const beginning = ({ handshake, handshakeMs, connect, connectMs }: Flow): string => {
  const seen = handshakeMs > 0 ? `, ${formatLatency(handshakeMs)} at the interface` : ''
  const took =
    connectMs > 0 ? ` ${connect === 'connected' ? 'in' : 'after'} ${formatLatency(connectMs)}` : ''
  const parts = [
    `${HANDSHAKES[handshake] ?? ''}${seen}`,
    connect ? `${CONNECTS[connect] ?? connect}${took}` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

interface LineProps {
  flow: Flow
  label: string
  title?: string
  /** Empty where the socket has not said it yet. */
  cell(health: SideHealth, side: Side): ReactNode
}

const Line = ({ flow, label, title, cell }: LineProps) => (
  <tr>
    <th scope='row' title={title}>
      {label}
    </th>
    {SIDES.map((side) => {
      const health = healthOf(flow, side)
      const value = health ? cell(health, side) : ''
      const why = health ? 'The socket has not measured it yet' : whyUnknown(flow)
      return <td key={side}>{value === '' ? <Unknown why={why} /> : value}</td>
    })}
  </tr>
)
