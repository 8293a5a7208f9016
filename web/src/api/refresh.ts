/** Gets a new access token by the session's cookie; one at a time, whoever notices that the old one is over. */

let running: Promise<boolean> | undefined
const listeners = new Set<() => void>()

/** Calls `listener` whenever it turns out that nobody is signed in any more. */
export const onSignedOut = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const ask = async (): Promise<boolean> => {
  const response = await fetch('/api/v1/auth/refresh', { method: 'POST' }).catch(() => undefined)
  if (response?.status === 401) for (const listener of listeners) listener()
  return response?.ok ?? false
}

/** Whether the session goes on. */
export const refresh = (): Promise<boolean> => {
  running ??= ask().finally(() => (running = undefined))
  return running
}
