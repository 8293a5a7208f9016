/**
 * The agent's side of the uplink: connects to the server's socket, again and again, and sends frames.
 * Records of ended flows are kept until the server has acknowledged them, up to `maxRetainedBytes`; the
 * oldest are given up first and counted. They are kept in memory only: an agent that ends while the
 * server is away loses them (the spool on disk is a later issue). Everything else is only sent while
 * connected: counters of live flows are cumulative, and `onConnected` asks for all of them again.
 */
import { createConnection, type Socket } from 'node:net'
import { RECORD_BYTES } from '@netscope/core/flow.ts'
import {
  createFrameDecoder,
  encodeJsonFrame,
  parseJsonPayload,
  writeFrameHeader,
} from '@netscope/core/frame.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import type { Status } from '@netscope/core/status.ts'
import {
  BATCH_HEADER_BYTES,
  FRAME,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  type Hello,
  type Reply,
} from '@netscope/core/wire.ts'
import { createReconnectDelay } from './reconnect-delay.ts'
import { countEnded, createRetainedFrames, RECORDS_AT } from './retained-frames.ts'

export interface UplinkConfig {
  /** Path of the server's Unix socket. */
  socket: string
  /** Bound of what waits for an acknowledgement; 64 MiB unless told. */
  maxRetainedBytes?: number
}

export interface UplinkDeps {
  hello(): Hello
  /** Milliseconds since 1970 when the clock of the records was 0. */
  wallOffsetMs(): number
  now(): number
  /** Executes a command of the server; must not reject. */
  onCommand(command: unknown): Promise<Reply>
  /** The server is there and knows no live flow yet: publish them all. */
  onConnected(): void
  onDisconnected(): void
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface UplinkCounts {
  connected: boolean
  /** Records of ended flows that were given up. */
  droppedRecords: number
  queuedBytes: number
}

export interface Uplink {
  start(): void
  /** Waits up to `flushMs` for acknowledgements, then closes. */
  stop(flushMs?: number): Promise<void>
  /**
   * Takes `count` records (RECORD_BYTES each, from byte 0; at most MAX_RECORDS), which are copied. Only records of ended flows
   * are taken always; false, and nothing is taken, when there are others and the server is away or slow.
   */
  sendFlows(records: Uint8Array, count: number): boolean
  /** Sends `count` packet events (EVENT_BYTES each), which are copied; false, and they are lost, when the server is away or slow. */
  sendEvents(records: Uint8Array, count: number): boolean
  sendStatus(status: Status): void
  counts(): UplinkCounts
}

/** While more than this waits for the server, live flows and events are refused. */
const MAX_AHEAD_BYTES = 32 << 20
const MAX_EVENTS_AHEAD_BYTES = 2 << 20
/** Records that one frame takes. */
export const MAX_RECORDS = Math.floor((MAX_FRAME_BYTES - BATCH_HEADER_BYTES) / RECORD_BYTES)
/** Of one frame: 1 MiB. */
const MAX_EVENTS = 16384

/** A client of the server's Unix socket; does nothing before start(). */
export const createUplink = (config: UplinkConfig, deps: UplinkDeps): Uplink => {
  const retained = createRetainedFrames(config.maxRetainedBytes ?? 64 << 20)
  const delay = createReconnectDelay()
  let socket: Socket | undefined
  let connected = false
  let stopped = true
  let retry: NodeJS.Timeout | undefined
  let lastSeq = 0
  let reported = ''
  let flushed: (() => void) | undefined

  const nextSeq = () => (lastSeq = (lastSeq + 1) >>> 0)

  const connect = (): void => {
    const current = createConnection(config.socket)
    socket = current
    const decoder = createFrameDecoder(onFrame)
    current.on('connect', onConnect)
    current.on('data', (chunk) => {
      const problem = decoder.push(chunk)
      if (problem !== undefined) current.destroy(new Error(`the server sent no frames: ${problem}`))
    })
    // Only the code is kept to compare: the server being away is reported once, not per attempt.
    current.on('error', (err: NodeJS.ErrnoException) =>
      reportOnce(err.code ?? err.message, err.message),
    )
    current.on('close', onClose)
  }

  const onConnect = (): void => {
    connected = true
    socket?.write(encodeJsonFrame(FRAME.hello, 0, deps.hello()))
    for (const frame of retained.frames()) socket?.write(frame)
    deps.log.info(
      { socket: config.socket, resentBytes: retained.bytes() },
      'connected to the server',
    )
    reported = ''
    deps.onConnected()
  }

  const onClose = (): void => {
    const was = connected
    connected = false
    socket = undefined
    if (was) {
      retained.keepEnded()
      deps.onDisconnected()
      reportOnce('closed', 'the server closed the connection')
    }
    flushed?.()
    if (!stopped) retry = setTimeout(connect, delay.next())
  }

  const reportOnce = (code: string, reason: string): void => {
    if (reported === code || stopped) return
    reported = code
    deps.log.warn({ socket: config.socket, reason }, 'no connection to the server, trying again')
  }

  const onFrame = (type: number, seq: number, payload: Uint8Array): void => {
    delay.reset()
    if (type === FRAME.ack) {
      // An acknowledgement of what was never sent is ignored.
      if (((lastSeq - seq) | 0) < 0) return
      retained.acknowledge(seq)
      if (retained.bytes() === 0) flushed?.()
    } else if (type === FRAME.command) void answer(parseJsonPayload(payload))
  }

  const answer = async (command: unknown): Promise<void> => {
    const asker = socket
    const reply = await deps.onCommand(command)
    // After a reconnect nobody waits for this answer any more.
    if (socket === asker && connected) asker?.write(encodeJsonFrame(FRAME.reply, nextSeq(), reply))
  }

  const newBatch = (
    type: number,
    count: number,
    recordBytes: number,
    timeMs: number,
  ): Uint8Array => {
    const bytes = Buffer.allocUnsafeSlow(RECORDS_AT + count * recordBytes)
    writeFrameHeader(bytes, type, nextSeq(), bytes.length - FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(deps.wallOffsetMs(), FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(timeMs, FRAME_HEADER_BYTES + 8)
    return bytes
  }

  const sendFlows = (records: Uint8Array, count: number): boolean => {
    if (count > MAX_RECORDS)
      throw new RangeError(`${count} records, at most ${MAX_RECORDS} fit a frame`)
    const takesLive = connected && retained.bytes() < MAX_AHEAD_BYTES
    if (!takesLive && countEnded(records, 0, count) < count) return false
    const frame = newBatch(FRAME.flows, count, RECORD_BYTES, deps.now())
    frame.set(records.subarray(0, count * RECORD_BYTES), RECORDS_AT)
    retained.push(lastSeq, frame)
    if (connected) socket?.write(frame)
    return true
  }

  return {
    start: () => {
      stopped = false
      connect()
    },
    stop: async (flushMs = 1000) => {
      stopped = true
      clearTimeout(retry)
      if (connected && retained.bytes() > 0) {
        await new Promise<void>((resolve) => {
          flushed = resolve
          setTimeout(resolve, flushMs).unref()
        })
      }
      const current = socket
      if (!current) return
      await new Promise<void>((resolve) => {
        current.on('close', () => resolve())
        if (connected) current.end(() => current.destroy())
        else current.destroy()
        setTimeout(() => current.destroy(), flushMs).unref()
      })
    },
    sendFlows,
    sendEvents: (records, count) => {
      if (!connected || (socket?.writableLength ?? 0) > MAX_EVENTS_AHEAD_BYTES) return false
      for (let from = 0; from < count; from += MAX_EVENTS) {
        const some = Math.min(MAX_EVENTS, count - from)
        const frame = newBatch(FRAME.events, some, EVENT_BYTES, 0)
        frame.set(records.subarray(from * EVENT_BYTES, (from + some) * EVENT_BYTES), RECORDS_AT)
        socket?.write(frame)
      }
      return true
    },
    sendStatus: (status) => {
      if (connected) socket?.write(encodeJsonFrame(FRAME.status, nextSeq(), status))
    },
    counts: () => ({
      connected,
      droppedRecords: retained.droppedRecords(),
      queuedBytes: retained.bytes(),
    }),
  }
}
