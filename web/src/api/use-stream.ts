/** A stream for as long as a component shows it and the tab is visible. */
import { useEffect, useRef, useState } from 'react'
import { createStream, type StreamConfig, type StreamState } from './stream.ts'
import { useVisible } from './use-visible.ts'

/** Subscribes to `url`; undefined: to nothing. `on` may change without a reconnect. */
export const useStream = (
  url: string | undefined,
  on: StreamConfig['on'],
  options: Pick<StreamConfig, 'silenceMs' | 'explainUrl'> = {},
): StreamState => {
  const [state, setState] = useState<StreamState>({ phase: 'off' })
  const handlers = useRef(on)
  handlers.current = on
  const visible = useVisible()
  const names = Object.keys(on).join()
  const { silenceMs, explainUrl } = options

  useEffect(() => {
    if (url === undefined || !visible) return undefined
    const stream = createStream({
      url,
      on: Object.fromEntries(
        names.split(',').map((name) => [name, (data) => handlers.current[name]?.(data)]),
      ),
      onState: setState,
      ...(silenceMs === undefined ? {} : { silenceMs }),
      ...(explainUrl === undefined ? {} : { explainUrl }),
    })
    stream.start()
    return stream.stop
  }, [url, visible, names, silenceMs, explainUrl])
  return state
}
