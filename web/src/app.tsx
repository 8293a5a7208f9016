/** The page: header, traffic, one of the views, status bar. */
import { useMemo, useState } from 'react'
import { useEventStore } from './events/use-events.ts'
import { FlowsView } from './flows/flows-view.tsx'
import { Header, nextTheme } from './header.tsx'
import { useShortcuts } from './keyboard/use-shortcuts.ts'
import { ListActionsProvider } from './lists/list-actions.tsx'
import { SessionGate } from './session/session-gate.tsx'
import { goTo, useRoute } from './route.ts'
import { isStale, LostBanner } from './status/lost-banner.tsx'
import { StatusBar } from './status/status-bar.tsx'
import { useStatus } from './status/use-status.ts'
import { useTheme } from './theme.ts'
import { Overview } from './traffic/overview.tsx'
import { useTraffic } from './traffic/use-traffic.ts'
import { lazyView } from './ui/lazy-view.tsx'
import { ToastProvider } from './ui/toast.tsx'

// What is not seen first is loaded when it is.
const AccessView = lazyView(async () => (await import('./access/access-view.tsx')).AccessView)
const AgentsView = lazyView(async () => (await import('./agents/agents-view.tsx')).AgentsView)
const AlertsView = lazyView(async () => (await import('./alerts/alerts-view.tsx')).AlertsView)
const DevicesView = lazyView(async () => (await import('./devices/devices-view.tsx')).DevicesView)
const EventsView = lazyView(async () => (await import('./events/events-view.tsx')).EventsView)
const ListsView = lazyView(async () => (await import('./lists/lists-view.tsx')).ListsView)
const RespondView = lazyView(async () => (await import('./respond/respond-view.tsx')).RespondView)
const StatusPanel = lazyView(
  async () => (await import('./status/status-panel.tsx')).StatusPanel,
  null,
)
const ShortcutHelp = lazyView(
  async () => (await import('./keyboard/shortcut-help.tsx')).ShortcutHelp,
  null,
)

export const App = () => (
  <ToastProvider>
    <SessionGate>
      <ListActionsProvider>
        <Page />
      </ListActionsProvider>
    </SessionGate>
  </ToastProvider>
)

const Page = () => {
  const { view, params } = useRoute()
  const [theme, setTheme] = useTheme()
  const [help, setHelp] = useState(false)
  const [health, setHealth] = useState(false)
  const { status, stream } = useStatus()
  const points = useTraffic(status, stream.phase === 'open')
  const store = useEventStore()
  const names = status?.interfaces?.map(({ name }) => name).join(' ') ?? ''
  const interfaces = useMemo(() => names.split(' ').filter(Boolean), [names])

  useShortcuts({
    '1': () => goTo('flows'),
    '2': () => goTo('events'),
    '3': () => goTo('lists'),
    '4': () => goTo('devices'),
    '5': () => goTo('agents'),
    '6': () => goTo('alerts'),
    '7': () => goTo('respond'),
    '?': () => setHelp(true),
    s: () => setHealth((before) => !before),
    t: () => setTheme(nextTheme(theme)),
  })
  return (
    <>
      <Header
        view={view}
        status={status}
        stream={stream}
        theme={theme}
        onTheme={() => setTheme(nextTheme(theme))}
        onHelp={() => setHelp(true)}
      />
      <div className={isStale({ status, stream }) ? 'is-stale' : ''}>
        <Overview status={status} points={points} />
      </div>
      <LostBanner status={status} stream={stream} />
      <main data-view={view}>
        {view === 'flows' ? (
          <FlowsView
            params={params}
            interfaces={interfaces}
            agentConnected={status?.agentConnected}
            nowMs={status?.timeMs ?? 0}
          />
        ) : view === 'events' ? (
          <EventsView
            params={params}
            store={store}
            agentConnected={status?.agentConnected}
            skipped={status?.events?.skipped}
          />
        ) : view === 'alerts' ? (
          <AlertsView params={params} />
        ) : view === 'respond' ? (
          <RespondView params={params} />
        ) : view === 'agents' ? (
          <AgentsView />
        ) : view === 'access' ? (
          <AccessView params={params} />
        ) : view === 'devices' ? (
          <DevicesView params={params} />
        ) : (
          <ListsView params={params} sizes={status?.lists} />
        )}
        {health ? (
          <StatusPanel status={status} stream={stream} onClose={() => setHealth(false)} />
        ) : null}
      </main>
      <StatusBar
        status={status}
        stream={stream}
        open={health}
        onToggle={() => setHealth(!health)}
      />
      {help ? <ShortcutHelp onClose={() => setHelp(false)} /> : null}
    </>
  )
}
