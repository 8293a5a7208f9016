/** Whether the tab is visible: a hidden one must not make the kernel produce anything. */
import { useSyncExternalStore } from 'react'

const subscribe = (notify: () => void) => {
  document.addEventListener('visibilitychange', notify)
  return () => document.removeEventListener('visibilitychange', notify)
}

export const useVisible = (): boolean => useSyncExternalStore(subscribe, () => !document.hidden)
