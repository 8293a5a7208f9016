/** Everything about an alert: the evidence in numbers, the flows that it rests on, what people say of it. */
import { type ReactNode, useCallback } from 'react'
import { type Alert, fetchAlert } from '../api/alerts.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatBytes, formatExact, formatPackets } from '../format/quantity.ts'
import { formatDateTime } from '../format/time.ts'
import { formatRoute } from '../route.ts'
import { reaches, useMe } from '../session/me.ts'
import { Drawer } from '../ui/drawer.tsx'
import { Notice } from '../ui/notice.tsx'
import { figureOf, Severity, State } from './alert-columns.tsx'
import { CaptureLink } from './capture-link.tsx'
import { AnswersSection } from './answers-section.tsx'
import { FeedbackForm } from './feedback-form.tsx'
import { StorySection } from './story-section.tsx'
import { WorkflowSection } from './workflow-section.tsx'

const AGAIN_MS = 2000

interface Props {
  id: string
  onClose: () => void
  onChanged: () => void
}

export const AlertPanel = ({ id, onClose, onChanged }: Props) => {
  const ask = useCallback(() => fetchAlert(id), [id])
  const { answer: alert, error, reload } = usePolled(id, ask, AGAIN_MS)
  const maySay = reaches(useMe().me, 'operator')
  const changed = () => {
    reload()
    onChanged()
  }
  return (
    <Drawer title={alert?.title ?? 'Alert'} subtitle={alert?.detector ?? ''} onClose={onClose}>
      {alert ? (
        <>
          <p>{alert.evidence.reason}</p>
          <WorkflowSection alert={alert} mayAct={maySay} onChanged={changed} />
          {maySay ? <FeedbackForm alert={alert} onChanged={changed} /> : null}
          <AnswersSection alert={alert} />
          <Numbers alert={alert} />
          <Facts alert={alert} />
          <Flows alert={alert} />
          {maySay ? <CaptureLink alert={alert} /> : null}
          <StorySection alert={alert} />
        </>
      ) : error ? (
        <Notice title='This alert cannot be shown' tone='bad'>
          {error}
        </Notice>
      ) : null}
    </Drawer>
  )
}

const Numbers = ({ alert }: { alert: Alert }) => (
  <section>
    <h3>Evidence</h3>
    <table className='alert-facts'>
      <thead>
        <tr>
          <th scope='col'>What</th>
          <th scope='col' className='right'>
            Found
          </th>
          <th scope='col'>Threshold</th>
        </tr>
      </thead>
      <tbody>
        {alert.evidence.facts.map((fact) => (
          <tr key={fact.name}>
            <td>{fact.name}</td>
            <td className='right'>{figureOf(fact)}</td>
            <td className='faint'>{fact.threshold ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const time = (iso: string) => (
  <span title={iso}>{formatDateTime(Date.parse(iso)).slice(0, 19)}</span>
)

const Facts = ({ alert }: { alert: Alert }) => (
  <dl className='fields'>
    <Fact label='Severity'>
      <Severity alert={alert} /> {alert.severity} of 100
    </Fact>
    <Fact label='Sure'>{Math.round(alert.confidence * 100)} %</Fact>
    <Fact label='State'>
      <State state={alert.state} />
    </Fact>
    <Fact label='Source'>
      <Party ip={alert.src} mac={alert.srcMac} name={alert.srcName} device={alert.srcDevice} />
    </Fact>
    <Fact label='Target'>
      <Party ip={alert.dst} mac={alert.dstMac} name={alert.dstName} device={alert.dstDevice} />
    </Fact>
    {alert.risk === undefined ? null : <Fact label='Risk'>{alert.risk} of 100</Fact>}
    {alert.srcFeeds?.length ? <Fact label='Source is on'>{alert.srcFeeds.join(', ')}</Fact> : null}
    {alert.dstFeeds?.length ? <Fact label='Target is on'>{alert.dstFeeds.join(', ')}</Fact> : null}
    <Fact label='Direction'>
      {alert.direction}
      {alert.vlan ? `, VLAN ${alert.vlan}` : ''}
    </Fact>
    <Fact label='Seen by'>{alert.agent}</Fact>
    <Fact label='ATT&CK'>
      <span className='mono'>{alert.technique}</span>
    </Fact>
    <Fact label='First seen'>{time(alert.firstSeen)}</Fact>
    <Fact label='Last seen'>{time(alert.lastSeen)}</Fact>
    <Fact label='Count'>{formatExact(alert.count)}</Fact>
  </dl>
)

interface PartyProps {
  ip: string
  mac: string
  name: string
  device: string
}

const Party = ({ ip, mac, name, device }: PartyProps) => {
  const texts = [ip, mac, name].filter(Boolean)
  if (texts.length === 0) return <span className='faint'>several</span>
  return (
    <>
      <span className='mono'>{texts.join(' ')}</span>
      {ip ? (
        <>
          {' '}
          <a href={formatRoute('flows', { ip })}>flows</a>
        </>
      ) : null}
      {device ? (
        <>
          {' '}
          <a href={formatRoute('devices', { device })}>device</a>
        </>
      ) : null}
    </>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const Flows = ({ alert }: { alert: Alert }) =>
  alert.evidence.flows.length === 0 ? null : (
    <section>
      <h3>Some of its flows</h3>
      <ul className='device-items'>
        {alert.evidence.flows.map((flow) => (
          <li key={[flow.src, flow.srcPort, flow.dst, flow.dstPort, flow.firstMs].join(' ')}>
            <span className='mono'>
              {flow.src}:{flow.srcPort} → {flow.dst}:{flow.dstPort}
            </span>{' '}
            <span className='faint'>
              {formatPackets(flow.packets)}, {formatBytes(flow.bytes)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
