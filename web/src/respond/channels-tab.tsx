/** Channels: whom alerts reach, how each is, and a message to try it. */
import {
  type Channel,
  fetchChannels,
  fetchNotifications,
  removeChannel,
  switchChannel,
  testChannel,
} from '../api/notify.ts'
import { usePolled } from '../devices/use-polled.ts'
import { reaches, useMe } from '../session/me.ts'
import { ChannelForm } from './channel-form.tsx'
import { ago } from './time-left.tsx'
import { useAct } from './use-act.ts'

const AGAIN_MS = 5000

export const ChannelsTab = () => {
  const { answer, error, reload } = usePolled('channels', fetchChannels, AGAIN_MS)
  const mayChange = reaches(useMe().me, 'admin')
  return (
    <>
      {mayChange ? <ChannelForm onAdded={reload} /> : null}
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Channels</caption>
        <thead>
          <tr>
            <th scope='col'>Name</th>
            <th scope='col'>Reaches</th>
            <th scope='col'>State</th>
            <th scope='col'>Last sent</th>
            <th scope='col'>Today</th>
            <th scope='col'>Waiting</th>
            <th scope='col'>
              <span className='sr-only'>Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer?.channels.map((channel) => (
            <ChannelRow
              key={channel.name}
              channel={channel}
              mayChange={mayChange}
              reload={reload}
            />
          ))}
        </tbody>
      </table>
      {answer?.channels.length === 0 ? (
        <p className='faint'>There is no channel: alerts are on this page only.</p>
      ) : null}
      <Outbox />
    </>
  )
}

interface RowProps {
  channel: Channel
  mayChange: boolean
  reload: () => void
}

const ChannelRow = ({ channel, mayChange, reload }: RowProps) => {
  const { name, kind, target, enabled, disabled, lastError, origin } = channel
  const act = useAct(reload)
  const test = () =>
    act(testChannel(name), ({ outcome, reason }) =>
      outcome === 'sent' ? `${name} has taken it.` : `${name}: ${reason}`,
    )
  return (
    <tr>
      <td>
        {name} {origin === 'api' ? null : <span className='faint'>by {origin}</span>}
      </td>
      <td>
        {kind} <span className='muted'>{target}</span>
      </td>
      <td>
        {enabled ? 'on' : 'off'}
        {disabled || lastError ? <p className='error'>{disabled || lastError}</p> : null}
      </td>
      <td>{ago(channel.lastSentAt)}</td>
      <td>{channel.sentToday}</td>
      <td>{channel.waiting}</td>
      <td>
        {mayChange ? (
          <>
            <button type='button' className='button' onClick={test}>
              Test
            </button>{' '}
            <button
              type='button'
              className='button'
              onClick={() =>
                act(switchChannel(name, !enabled), `${name} is ${enabled ? 'off' : 'on'}.`)
              }
            >
              {enabled ? 'Switch off' : 'Switch on'}
            </button>{' '}
            {origin === 'api' ? (
              <button
                type='button'
                className='button'
                onClick={() => act(removeChannel(name), `${name} is removed.`)}
              >
                Remove
              </button>
            ) : null}
          </>
        ) : null}
      </td>
    </tr>
  )
}

const Outbox = () => {
  const { answer } = usePolled('outbox', fetchNotifications, AGAIN_MS)
  if (!answer || answer.notifications.length === 0) return null
  return (
    <table className='plain-table'>
      <caption>Sent and to be sent</caption>
      <thead>
        <tr>
          <th scope='col'>Channel</th>
          <th scope='col'>State</th>
          <th scope='col'>Title</th>
          <th scope='col'>Alerts</th>
          <th scope='col'>Made</th>
          <th scope='col'>Error</th>
        </tr>
      </thead>
      <tbody>
        {answer.notifications.map((one) => (
          <tr key={one.id}>
            <td>{one.channel}</td>
            <td>{one.state}</td>
            <td>{one.title}</td>
            <td>{one.alerts}</td>
            <td>{ago(one.createdAt)}</td>
            <td>{one.error}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
