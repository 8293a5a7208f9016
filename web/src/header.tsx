/** The top line: name, views, connection, theme, help. */
import { useEffect, useRef } from 'react'
import type { StatusAnswer } from './api/status.ts'
import type { StreamState } from './api/stream.ts'
import { formatRate } from './format/quantity.ts'
import { formatRoute, type View, VIEWS } from './route.ts'
import { AccountButton } from './session/account-button.tsx'
import { THEMES, type Theme } from './theme.ts'
import { Icon, type IconName } from './ui/icon.tsx'

interface Props {
  view: View
  status: StatusAnswer | undefined
  stream: StreamState
  theme: Theme
  onTheme: () => void
  onHelp: () => void
}

const TITLES: Record<View, string> = {
  flows: 'Flows',
  alerts: 'Alerts',
  events: 'Events',
  devices: 'Devices',
  lists: 'Lists',
  respond: 'Respond',
  agents: 'Agents',
  access: 'Access',
}
const THEME_ICONS: Record<Theme, IconName> = { system: 'system', light: 'sun', dark: 'moon' }

export const nextTheme = (theme: Theme): Theme =>
  THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'

export const Header = ({ view, status, stream, theme, onTheme, onHelp }: Props) => (
  <header className='top'>
    <h1>
      <img src='/favicon.svg' alt='' width='22' height='22' />
      <span>NetScope</span>
    </h1>
    <Views view={view} />
    <Host status={status} />
    <p className='throughput'>
      <span className='in' title='In'>
        <Icon name='down' label='in' />{' '}
        {status?.lastSecond ? formatRate(status.lastSecond.rxBytes) : '–'}
      </span>
      <span className='out' title='Out'>
        <Icon name='up' label='out' />{' '}
        {status?.lastSecond ? formatRate(status.lastSecond.txBytes) : '–'}
      </span>
    </p>
    <Connection status={status} stream={stream} />
    <AccountButton />
    <button
      type='button'
      className='icon-button'
      title={`Theme: ${theme} (t)`}
      aria-label={`Theme: ${theme}. Change`}
      onClick={onTheme}
    >
      <Icon name={THEME_ICONS[theme]} />
    </button>
    <button
      type='button'
      className='icon-button help-button'
      title='Keyboard (?)'
      aria-label='Keyboard shortcuts'
      onClick={onHelp}
    >
      <Icon name='keyboard' />
    </button>
  </header>
)

/** Where there is no room for all, they can be moved, and the current one is in sight. */
const Views = ({ view }: { view: View }) => {
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]')
    if (current && nav.current)
      nav.current.scrollLeft = current.offsetLeft - nav.current.offsetLeft - HINT
  }, [view])
  return (
    <nav aria-label='Views' ref={nav}>
      {VIEWS.map((name) => (
        <a key={name} href={formatRoute(name)} aria-current={name === view ? 'page' : undefined}>
          {TITLES[name]}
        </a>
      ))}
    </nav>
  )
}

/** CSS pixels that are seen of the view before. */
const HINT = 24

const SOURCES: Readonly<Record<string, string>> = {
  mock: 'made-up traffic',
  pcap: 'a capture',
}

/** Which machine this is; traffic that is not the machine's own is marked. */
const Host = ({ status }: { status: StatusAnswer | undefined }) => {
  const agent = status?.agents?.find(({ connected }) => connected) ?? status?.agents?.[0]
  if (!agent) return null
  const other = SOURCES[agent.source]
  return (
    <span className='host'>
      {other ? (
        <span
          className='badge badge-other'
          title={`This is not the machine's own traffic: ${other}`}
        >
          <span className='wide-only'>{other}</span>
          <span className='narrow-only'>{agent.source}</span>
        </span>
      ) : null}
      <span className='wide-only' title='The machine whose traffic this is'>
        {agent.hostname}
      </span>
    </span>
  )
}

const Connection = ({
  status,
  stream,
}: {
  status: StatusAnswer | undefined
  stream: StreamState
}) => {
  const [tone, word] = connectionWord(status, stream)
  return (
    <span className={`connection ${tone}`}>
      <i aria-hidden='true' />
      {word}
    </span>
  )
}

const connectionWord = (
  status: StatusAnswer | undefined,
  stream: StreamState,
): [tone: string, word: string] => {
  if (stream.phase === 'retrying') return ['bad', 'Reconnecting']
  if (stream.phase !== 'open' || !status) return ['wait', 'Connecting']
  return status.agentConnected ? ['good', 'Live'] : ['bad', 'Agent away']
}
