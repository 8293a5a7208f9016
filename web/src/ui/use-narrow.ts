/** Whether the table is too narrow for columns, so that rows become cards. */
import { useSyncExternalStore } from 'react'

const query = window.matchMedia('(max-width: 720px)')

const subscribe = (notify: () => void) => {
  query.addEventListener('change', notify)
  return () => query.removeEventListener('change', notify)
}

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches)
