/** A Server-Sent Events subscription that reconnects by itself and says in which state it is. */
import { messageOf, request } from './request.ts'

export interface StreamState {
  phase: 'off' | 'connecting' | 'open' | 'retrying'
  /** Why it is retrying, in words, where known. */
  reason?: string
}

export interface StreamConfig {
  url: string
  /** Handlers by event name; `message` for events without a name. */
  on: Record<string, (data: string) => void>
  onState(state: StreamState): void
  /** A stream that ticks is taken for dead after this many milliseconds of silence. */
  silenceMs?: number
  /** Asked when the stream is refused, because EventSource hides the server's explanation. */
  explainUrl?: string
}

const RETRY_MS = [500, 1000, 2000, 4000]

/** Inert until start(); stop() closes the connection. */
export const createStream = (config: StreamConfig) => {
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let attempts = 0

  const close = () => {
    clearTimeout(retry)
    clearTimeout(silence)
    source?.close()
    source = undefined
  }
  const heard = () => {
    attempts = 0
    if (config.silenceMs === undefined) return
    clearTimeout(silence)
    silence = setTimeout(() => fail('The server went silent.'), config.silenceMs)
  }
  const fail = (reason?: string) => {
    close()
    config.onState(reason ? { phase: 'retrying', reason } : { phase: 'retrying' })
    retry = setTimeout(open, RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)])
  }
  const refused = async () => {
    const current = source
    const reason = await explanation(config.explainUrl)
    if (source === current) fail(reason)
  }
  const open = () => {
    source = new EventSource(config.url)
    source.addEventListener('open', () => {
      heard()
      config.onState({ phase: 'open' })
    })
    source.addEventListener('error', () => {
      clearTimeout(silence)
      if (source?.readyState === EventSource.CLOSED) void refused()
      else fail()
    })
    for (const [name, handle] of Object.entries(config.on)) {
      source.addEventListener(name, (event) => {
        heard()
        handle(String(event.data))
      })
    }
  }
  return {
    start() {
      config.onState({ phase: 'connecting' })
      open()
    },
    stop() {
      close()
      config.onState({ phase: 'off' })
    },
  }
}

const OWN_ACCOUNT = '/api/v1/auth/me'

const explanation = async (url: string | undefined): Promise<string | undefined> => {
  if (url === undefined) {
    // Whether the session goes on; its answer is no explanation.
    await request(OWN_ACCOUNT).catch(() => undefined)
    return undefined
  }
  try {
    await request(url)
    return 'The server answers, but opens no further stream: other pages or clients may hold all of them.'
  } catch (thrown) {
    return messageOf(thrown)
  }
}
