/** The connection to the server's Unix socket: connects, and again and again, for ever. */
import { createConnection, type Socket } from 'node:net'
import { createFrameDecoder, type OnFrame } from '@netscope/core/frame.ts'
import { createReconnectDelay } from './reconnect-delay.ts'

export interface LinkLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface ServerLinkDeps {
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
  /** Reads no more frames until told again. */
  pause(): void
  resume(): void
  /** Changes with every connection. */
  connection(): number
}

export const createServerLink = (path: string, deps: ServerLinkDeps): ServerLink => {
  const delay = createReconnectDelay()
  let socket: Socket | undefined
  let isOpen = false
  let stopped = true
  let retry: NodeJS.Timeout | undefined
  let connections = 0
  let reported = ''

  /** The server being away is reported once, not at every attempt. */
  const reportOnce = (code: string, reason: string): void => {
    if (reported === code || stopped) return
    reported = code
    deps.log.warn({ socket: path, reason }, 'no connection to the server, trying again')
  }

  const connect = (): void => {
    const current = createConnection(path)
    socket = current
    const decoder = createFrameDecoder((type, seq, payload) => {
      delay.reset()
      deps.onFrame(type, seq, payload)
    })
    current.on('connect', () => {
      isOpen = true
      connections++
      reported = ''
      deps.onOpen()
    })
    current.on('data', (chunk) => {
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

  return {
    start: () => {
      stopped = false
      connect()
    },
    stop: async (withinMs) => {
      stopped = true
      clearTimeout(retry)
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
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    connection: () => connections,
  }
}
