/** Everything that is known of a device, with what it rests on. */
import { type ReactNode, useCallback } from 'react'
import { type DeviceDetail, fetchDevice } from '../api/devices.ts'
import { FeedsSection } from '../flows/feeds-section.tsx'
import { formatAge, formatDateTime } from '../format/time.ts'
import { formatRoute } from '../route.ts'
import { Drawer } from '../ui/drawer.tsx'
import { Notice } from '../ui/notice.tsx'
import { BandwidthArea } from './bandwidth-area.tsx'
import { nameOf, Status, vendorOf } from './device-columns.tsx'
import { DeviceForm } from './device-form.tsx'
import { ScoreChart } from './score-chart.tsx'
import { usePolled } from './use-polled.ts'

const AGAIN_MS = 5000

interface Props {
  id: string
  onClose: () => void
  onChanged: () => void
}

export const DevicePanel = ({ id, onClose, onChanged }: Props) => {
  const ask = useCallback(() => fetchDevice(id), [id])
  const { answer: device, error, reload } = usePolled(id, ask, AGAIN_MS)
  const changed = () => {
    reload()
    onChanged()
  }
  const title = device ? nameOf(device) || device.ip || device.mac : 'Device'
  return (
    <Drawer title={title} subtitle={device ? vendorOf(device) : ''} onClose={onClose}>
      {device ? (
        <>
          <Facts device={device} />
          <DeviceForm key={device.id} device={device} onChanged={changed} />
          <BandwidthArea device={device} />
          <ScoreChart id={device.id} />
          <Scores device={device} />
          <FeedsSection addresses={addressesOf(device)} />
          <Known device={device} />
        </>
      ) : error ? (
        <Notice title='This device cannot be shown' tone='bad'>
          {error}
        </Notice>
      ) : null}
    </Drawer>
  )
}

/** So many are asked about. */
const MOST_ASKED = 8

const addressesOf = ({ ip, addresses }: DeviceDetail): string =>
  [...new Set([ip, ...addresses.map((each) => each.ip)])].slice(0, MOST_ASKED).join(' ')

const time = (iso: string) => (
  <span title={iso}>{formatDateTime(Date.parse(iso)).slice(0, 19)}</span>
)
const ago = (iso: string) => (
  <span className='faint' title={formatDateTime(Date.parse(iso))}>
    {formatAge(Date.now() - Date.parse(iso))} ago
  </span>
)

const Facts = ({ device }: { device: DeviceDetail }) => (
  <dl className='fields'>
    <Fact label='Status'>
      <Status status={device.status} />
    </Fact>
    <Fact label='MAC'>
      <span className='mono'>{device.mac || '–'}</span>
    </Fact>
    <Fact label='Network'>
      {[device.interface, device.vlan ? `VLAN ${device.vlan}` : '', `of ${device.agent_id}`]
        .filter(Boolean)
        .join(' ')}
    </Fact>
    <Fact label='First seen'>{time(device.created_at)}</Fact>
    <Fact label='Last seen'>{time(device.last_seen)}</Fact>
    <Fact label='Risk'>{device.risk_score ?? <NotKnown />}</Fact>
    <Fact label='Trust'>{device.trust_score ?? <NotKnown />}</Fact>
    {device.ip ? (
      <Fact label='Flows'>
        <a href={formatRoute('flows', { ip: device.ip })}>Its flows</a>
      </Fact>
    ) : null}
  </dl>
)

const NotKnown = () => (
  <span className='faint' title='No alert, no feed, and not watched for a day yet: that is no 0'>
    unknown
  </span>
)

const Scores = ({ device: { scores } }: { device: DeviceDetail }) => (
  <section>
    <h3>Risk and trust, and what they rest on</h3>
    <ul className='device-items'>
      {scores.sources.map(({ source, detail }) => (
        <li key={source}>
          <Source source={source} /> {detail}
        </li>
      ))}
      <li className='faint'>Risk: {scores.risk_arithmetic}</li>
      <li className='faint'>Trust: {scores.trust_arithmetic}</li>
    </ul>
  </section>
)

const OF_ALERT = /^alert (?<id>\S+)$/

const Source = ({ source }: { source: string }) => {
  const alert = OF_ALERT.exec(source)?.groups?.['id']
  return alert ? <a href={formatRoute('alerts', { alert })}>alert</a> : <b>{source}</b>
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const Known = ({ device }: { device: DeviceDetail }) => (
  <>
    <Items title='Roles, and what they rest on'>
      {device.evidence.map(({ role, detail, last_seen: at }) => (
        <li key={role + detail}>
          <b>{role}</b> {detail} {ago(at)}
        </li>
      ))}
    </Items>
    <Items title='Addresses'>
      {device.addresses.map(({ ip, last_seen: at, previous_mac: before }) => (
        <li key={ip}>
          <span className='mono'>{ip}</span> {ago(at)}
          {before ? <span className='faint'> · was of {before}</span> : null}
        </li>
      ))}
    </Items>
    <Items title='Names'>
      {device.names.map(({ source, name, last_seen: at }) => (
        <li key={source}>
          {name} <span className='faint'>by {source}</span> {ago(at)}
        </li>
      ))}
    </Items>
    <Items title='Open ports'>
      {device.ports.map(({ protocol, port, last_seen: at }) => (
        <li key={protocol + String(port)}>
          <span className='mono'>
            {protocol} {port}
          </span>{' '}
          {ago(at)}
        </li>
      ))}
    </Items>
    <Items title='Services'>
      {device.services.map(({ type, instance, port, last_seen: at }) => (
        <li key={type + instance}>
          <span className='mono'>{type}</span> {instance} {port ? `on ${port} ` : ''}
          {ago(at)}
        </li>
      ))}
    </Items>
  </>
)

const Items = ({ title, children }: { title: string; children: ReactNode[] }) =>
  children.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <ul className='device-items'>{children}</ul>
    </section>
  )
