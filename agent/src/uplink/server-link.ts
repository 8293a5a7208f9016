/** The connection to the server: connects, and again and again, for ever. */
import type { Socket } from 'node:net'
import { createFrameDecoder, type OnFrame } from '@netscope/core/frame.ts'
import { createReconnectDelay } from './reconnect-delay.ts'

export interface LinkLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ServerLinkConfig {
  /** Where it goes, for the log. */
  where: string
  /** A server from which nothing comes for so long is left: it pings every few seconds. 15 s unless told. */
  silenceMs?: number
}

export interface ServerLinkDeps {
  /** Begins to connect; `onReady` is called when bytes may be sent. */
  connect(onReady: () => void): Socket
  onOpen(): void
  onFrame: OnFrame
  onClose(): void
  log: LinkLog
}

export interface ServerLink {
  start(): void
  /** Sends what was written, closes, and connects no more; gives up after `withinMs`. */
  stop(withinMs: number): Promise<void>
  isOpen(): boolean
  /** Must be open; the bytes must not change any more. */
  write(bytes: Uint8Array): void
  /** Bytes that the server has not read yet, as far as this process knows. */
  waitingBytes(): number
  /** Gives this connection up and makes a new one. */
  reset(reason: string): void
  /** The next attempts wait long: trying at once would not help. */
  holdBack(): void
  /** Reads no more frames until told again. */
  pause(): void
  resume(): void
  /** Changes with every connection. */
  connection(): number
}

const SILENCE_MS = 15_000
const CONNECT_WITHIN_MS = 10_000

export const createServerLink = (
  { where, silenceMs = SILENCE_MS }: ServerLinkConfig,
  deps: ServerLinkDeps,
): ServerLink => {
  const delay = createReconnectDelay()
  let socket: Socket | undefined
  let isOpen = false
  let stopped = true
  let retry: NodeJS.Timeout | undefined
  let watch: NodeJS.Timeout | undefined
  let connections = 0
  let reported = ''
  let heardAtMs = 0

  /** The server being away is reported once, not at every attempt. */
  const reportOnce = (code: string, reason: string): void => {
    if (reported === code || stopped) return
    reported = code
    deps.log.warn({ server: where, reason }, 'no connection to the server, trying again')
  }

  const connect = (): void => {
    const current = deps.connect(() => {
      isOpen = true
      connections++
      reported = ''
      heardAtMs = performance.now()
      deps.onOpen()
    })
    socket = current
    heardAtMs = performance.now()
    const decoder = createFrameDecoder((type, seq, payload) => {
      delay.reset()
      deps.onFrame(type, seq, payload)
    })
    current.on('data', (chunk) => {
      heardAtMs = performance.now()
      const problem = decoder.push(chunk)
      if (problem !== undefined) current.destroy(new Error(`the server sent no frames: ${problem}`))
    })
    current.on('error', (error: NodeJS.ErrnoException) =>
      reportOnce(error.code ?? error.message, error.message),
    )
    current.on('close', onClose)
  }

  const onClose = (): void => {
    const was = isOpen
    isOpen = false
    socket = undefined
    if (was) {
      reportOnce('closed', 'the server closed the connection')
      deps.onClose()
    }
    if (!stopped) retry = setTimeout(connect, delay.next())
  }

  /** A cut line says nothing: the kernel alone would take a quarter of an hour to find out. */
  const watchSilence = (): void => {
    const patience = isOpen ? silenceMs : Math.min(CONNECT_WITHIN_MS, silenceMs)
    if (!socket || socket.isPaused() || performance.now() - heardAtMs < patience) return
    const what = isOpen ? 'nothing came from the server' : 'the server did not answer'
    socket.destroy(new Error(`${what} for ${patience / 1000} s`))
  }

  return {
    start: () => {
      stopped = false
      watch = setInterval(watchSilence, Math.min(1000, silenceMs)).unref()
      connect()
    },
    stop: async (withinMs) => {
      stopped = true
      clearTimeout(retry)
      clearInterval(watch)
      const current = socket
      if (!current) return
      await new Promise<void>((resolve) => {
        current.on('close', () => resolve())
        if (isOpen) current.end(() => current.destroy())
        else current.destroy()
        setTimeout(() => current.destroy(), withinMs).unref()
      })
    },
    isOpen: () => isOpen,
    write: (bytes) => void socket?.write(bytes),
    waitingBytes: () => socket?.writableLength ?? 0,
    reset: (reason) => void socket?.destroy(new Error(reason)),
    holdBack: delay.holdBack,
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    connection: () => connections,
  }
}
