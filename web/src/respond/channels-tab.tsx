/** Channels: whom alerts reach, how each is, and a message to try it. */
import { useState } from 'react'
import {
  type Channel,
  fetchChannels,
  removeChannel,
  switchChannel,
  testChannel,
} from '../api/notify.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { reaches, useMe } from '../session/me.ts'
import { ActButton } from '../ui/act-button.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { useToast } from '../ui/toast.tsx'
import { ChannelDialog } from './channel-dialog.tsx'
import { Outbox } from './outbox.tsx'
import { ago } from './time-left.tsx'

const AGAIN_MS = 3000

export const ChannelsTab = () => {
  const { answer, error, reload } = usePolled('channels', fetchChannels, AGAIN_MS)
  /** Which is changed; `undefined` inside: a new one. */
  const [open, setOpen] = useState<{ channel: Channel | undefined }>()
  const { me } = useMe()
  const toast = useToast()
  const done = (name: string) => {
    toast({ text: `${name} is ${open?.channel ? 'changed' : 'made: test it'}.`, tone: 'good' })
    setOpen(undefined)
    reload()
  }
  return (
    <>
      {reaches(me, 'admin') ? (
        <div className='access-actions'>
          <button
            type='button'
            className='button button-primary'
            onClick={() => setOpen({ channel: undefined })}
          >
            Add a channel
          </button>
        </div>
      ) : null}
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Channels'
        columns={COLUMNS}
        rows={answer?.channels}
        keyOf={({ name }) => name}
        empty='There is no channel: alerts are on this page only.'
      >
        {reaches(me, 'operator')
          ? (channel) => (
              <Buttons channel={channel} reload={reload} onChange={() => setOpen({ channel })} />
            )
          : undefined}
      </PlainTable>
      <Outbox />
      {open ? (
        <ChannelDialog channel={open.channel} onDone={done} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  )
}

const COLUMNS: readonly PlainColumn<Channel>[] = [
  {
    label: 'Name',
    cell: ({ name, origin }) => (
      <>
        {name} {origin === 'api' ? null : <span className='faint'>by {origin}</span>}
      </>
    ),
  },
  {
    label: 'Reaches',
    className: 'long',
    cell: ({ kind, target }) => (
      <>
        {kind} <span className='muted'>{target}</span>
      </>
    ),
  },
  { label: 'Told of', cell: ({ rules }) => rulesText(rules) },
  { label: 'State', className: 'long', cell: (channel) => <State channel={channel} /> },
  { label: 'Last sent', className: 'nowrap', cell: ({ lastSentAt }) => ago(lastSentAt) },
  {
    label: 'Today',
    cell: ({ sentToday, rules }) =>
      `${formatExact(sentToday)} of ${formatExact(rules.dailyBudget)}`,
  },
  { label: 'Waiting', cell: ({ waiting }) => formatExact(waiting) },
]

const rulesText = ({ minSeverity, filter, quietHours }: Channel['rules']): string =>
  [
    minSeverity === 'critical' ? 'critical' : `${minSeverity} and above`,
    filter,
    quietHours ? `quiet ${quietHours.from} to ${quietHours.to}` : '',
  ]
    .filter(Boolean)
    .join(', ')

const State = ({
  channel: { enabled, disabled, disabledAt, lastError, lastErrorAt },
}: {
  channel: Channel
}) => (
  <>
    <span className={enabled ? 'badge badge-skip' : 'badge badge-drop'}>
      {enabled ? 'on' : 'off'}
    </span>
    {enabled ? null : <span className='faint'> {ago(disabledAt)}</span>}
    {disabled ? (
      <p className='error'>{disabled}</p>
    ) : lastError ? (
      <p className='muted'>
        Last error {ago(lastErrorAt)}: {lastError}
      </p>
    ) : null}
  </>
)

interface ButtonsProps {
  channel: Channel
  reload: () => void
  onChange: () => void
}

const Buttons = ({ channel: { name, enabled, origin }, reload, onChange }: ButtonsProps) => {
  const mayChange = reaches(useMe().me, 'admin')
  return (
    <>
      <ActButton
        label='Test'
        of={name}
        run={() => testChannel(name)}
        said={({ outcome, reason }) =>
          outcome === 'sent'
            ? `${name} has taken it.`
            : { text: `${name} has not taken it: ${reason}`, tone: 'bad' }
        }
        onDone={reload}
      />
      {mayChange ? (
        <>
          {origin === 'api' ? (
            <button
              type='button'
              className='button'
              aria-label={`Change ${name}`}
              onClick={onChange}
            >
              Change
            </button>
          ) : null}
          <ActButton
            label={enabled ? 'Switch off' : 'Switch on'}
            of={name}
            run={() => switchChannel(name, !enabled)}
            said={`${name} is ${enabled ? 'off' : 'on'}.`}
            onDone={reload}
          />
          {origin === 'api' ? (
            <ActButton
              label='Remove'
              of={name}
              question='What waits for it is not sent any more.'
              run={() => removeChannel(name)}
              said={`${name} is removed.`}
              onDone={reload}
            />
          ) : null}
        </>
      ) : null}
    </>
  )
}
