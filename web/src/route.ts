/** Which view is shown and with which filter, kept in the URL's fragment so that it can be linked. */
import { useMemo, useSyncExternalStore } from 'react'

export const VIEWS = [
  'flows',
  'alerts',
  'events',
  'devices',
  'lists',
  'respond',
  'agents',
  'access',
] as const
export type View = (typeof VIEWS)[number]

export interface Route {
  view: View
  params: URLSearchParams
}

/** '#events?port=53' → events with its parameters; anything unknown is the flow view. */
export const parseRoute = (hash: string): Route => {
  const [name = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const view = VIEWS.find((known) => known === name) ?? 'flows'
  return { view, params: new URLSearchParams(query) }
}

/** Empty parameters are left out. */
export const formatRoute = (view: View, params: Record<string, string> = {}): string => {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== ''))
  return query.size > 0 ? `#${view}?${query}` : `#${view}`
}

const listeners = new Set<() => void>()
const notify = () => listeners.forEach((listener) => listener())

const subscribe = (listener: () => void) => {
  if (listeners.size === 0) window.addEventListener('hashchange', notify)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('hashchange', notify)
  }
}

export const useRoute = (): Route => {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  return useMemo(() => parseRoute(hash), [hash])
}

/** Goes to a view as a new entry of the browser's history. */
export const goTo = (view: View, params: Record<string, string> = {}) => {
  window.location.hash = formatRoute(view, params)
}

/** Changes the parameters of the current view without a new history entry. */
export const replaceParams = (view: View, params: Record<string, string>) => {
  window.history.replaceState(null, '', formatRoute(view, params))
  notify()
}
