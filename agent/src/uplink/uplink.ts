/**
 * The agent's side of the uplink: connects to the server's socket, again and again, and sends frames.
 * Records of ended flows are kept until the server has acknowledged them, up to `maxRetainedBytes`; the
 * oldest are given up first and counted. They are kept in memory only: an agent that ends while the
 * server is away loses them (the spool on disk is a later issue). Everything else is only sent while
 * connected: counters of live flows are cumulative, and `onConnected` asks for all of them again.
 */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { encodeFrame, encodeJsonFrame, writeFrameHeader } from '@netscope/core/frame.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import type { Status } from '@netscope/core/status.ts'
import {
  BATCH_HEADER_BYTES,
  CAPTURE_HEADER_BYTES,
  FRAME,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  type Dictionary,
  type Hello,
  type Reply,
} from '@netscope/core/wire.ts'
import { createAnswers } from './answers.ts'
import { createFramePool } from './frame-pool.ts'
import { countEnded, createRetainedFrames, RECORDS_AT } from './retained-frames.ts'
import { createServerLink, type LinkLog } from './server-link.ts'

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
  log: LinkLog
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
   * Takes `count` records (RECORD_BYTES each, from byte 0; at most MAX_RECORDS), which are copied. Those
   * of ended flows are always taken; false, and nothing is taken, when there are others and the server
   * is away or slow.
   */
  sendFlows(records: Uint8Array, count: number): boolean
  /**
   * Sends `count` packet events (EVENT_BYTES each), which are copied; false, and they are lost, when the
   * server is away or slow.
   */
  sendEvents(records: Uint8Array, count: number): boolean
  sendStatus(status: Status): void
  /** What ids in records mean: before the first record that uses them; lost while the server is away. */
  sendDictionary(pieces: readonly Dictionary[]): void
  /** Lost while the server is away: send it again when it is back. */
  sendDiagnosis(diagnosis: Diagnosis): void
  /** Sends the JSON texts of at most MAX_OBSERVATIONS observations; false, and nothing is taken, when the server is away or slow. */
  sendObservations(texts: readonly string[]): boolean
  /** Sends the next bytes of a capture, which are copied, none when it is over; false, and they are lost, when the server is away. */
  sendCapture(capture: number, bytes: Uint8Array): boolean
  /** Whether the server reads what it is sent. */
  isReady(): boolean
  counts(): UplinkCounts
}

/** While more than this waits for the server, live flows and events are refused. */
const MAX_AHEAD_BYTES = 4 << 20
const MAX_EVENTS_AHEAD_BYTES = 2 << 20
/** Records that one frame takes. */
const MAX_RECORDS = Math.floor((MAX_FRAME_BYTES - BATCH_HEADER_BYTES) / RECORD_BYTES)
/** The tracker's batches (agent/src/flows/record-batch.ts): 208 KiB; 2 MiB of them are kept for use. */
const POOLED_RECORDS = 1024
const POOLED_FRAMES = 10
/** Where the bytes of a capture begin in its frame. */
const CAPTURE_AT = FRAME_HEADER_BYTES + CAPTURE_HEADER_BYTES
/** Of one frame: 1 MiB. */
const MAX_EVENTS = 16384

/** A client of the server's Unix socket; does nothing before start(). */
export const createUplink = (config: UplinkConfig, deps: UplinkDeps): Uplink => {
  const maxRetainedBytes = config.maxRetainedBytes ?? 64 << 20
  const pool = createFramePool(RECORDS_AT + POOLED_RECORDS * RECORD_BYTES, POOLED_FRAMES)
  const retained = createRetainedFrames(maxRetainedBytes, pool.give)
  let lastSeq = 0
  let onEmpty: (() => void) | undefined
  const nextSeq = () => (lastSeq = (lastSeq + 1) >>> 0)

  const link = createServerLink(config.socket, {
    onOpen: () => {
      link.write(encodeJsonFrame(FRAME.hello, 0, deps.hello()))
      for (const frame of retained.frames()) link.write(frame)
      const resentBytes = retained.bytes()
      deps.log.info({ socket: config.socket, resentBytes }, 'connected to the server')
      deps.onConnected()
    },
    onFrame: (type, seq, payload) => {
      if (type === FRAME.ack) acknowledge(seq)
      else if (type === FRAME.command) void answer(payload)
    },
    onClose: () => {
      retained.keepEnded()
      onEmpty?.()
      deps.onDisconnected()
    },
    log: deps.log,
  })
  const answer = createAnswers({ link, nextSeq, onCommand: deps.onCommand })

  const acknowledge = (seq: number): void => {
    // An acknowledgement of what was never sent is ignored.
    if (((lastSeq - seq) | 0) < 0) return
    retained.acknowledge(seq)
    if (retained.bytes() === 0) onEmpty?.()
  }

  /** The socket keeps what the server does not read, given up or not: one that stands still is left. */
  const send = (frame: Uint8Array): void => {
    if (!link.isOpen()) return
    if (link.waitingBytes() > 2 * maxRetainedBytes) link.reset('the server has stopped reading')
    else link.write(frame)
  }

  /** A frame whose header is written and whose records follow at RECORDS_AT. */
  const newBatch = (type: number, bytesOfRecords: number, timeMs: number): Uint8Array => {
    const bytes = pool.take(RECORDS_AT + bytesOfRecords)
    writeFrameHeader(bytes, type, nextSeq(), bytes.length - FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(deps.wallOffsetMs(), FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(timeMs, FRAME_HEADER_BYTES + 8)
    return bytes
  }

  const sendFlows = (records: Uint8Array, count: number): boolean => {
    if (count > MAX_RECORDS) {
      throw new RangeError(`${count} records, at most ${MAX_RECORDS} fit a frame`)
    }
    const takesLive = link.isOpen() && retained.bytes() < MAX_AHEAD_BYTES
    if (!takesLive && countEnded(records, 0, count) < count) return false
    const frame = newBatch(FRAME.flows, count * RECORD_BYTES, deps.now())
    frame.set(records.subarray(0, count * RECORD_BYTES), RECORDS_AT)
    retained.push(lastSeq, frame)
    send(frame)
    return true
  }

  const sendEvents = (records: Uint8Array, count: number): boolean => {
    if (!link.isOpen() || link.waitingBytes() > MAX_EVENTS_AHEAD_BYTES) return false
    for (let from = 0; from < count; from += MAX_EVENTS) {
      const to = Math.min(from + MAX_EVENTS, count)
      const frame = newBatch(FRAME.events, (to - from) * EVENT_BYTES, 0)
      frame.set(records.subarray(from * EVENT_BYTES, to * EVENT_BYTES), RECORDS_AT)
      link.write(frame)
    }
    return true
  }

  /** Resolves when all is acknowledged, the server goes away, or the time is over. */
  const empty = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      onEmpty = resolve
      setTimeout(resolve, withinMs).unref()
    })

  return {
    start: link.start,
    stop: async (flushMs = 1000) => {
      if (link.isOpen() && retained.bytes() > 0) await empty(flushMs)
      await link.stop(flushMs)
    },
    sendFlows,
    sendEvents,
    sendStatus: (status) => {
      if (link.isOpen()) send(encodeJsonFrame(FRAME.status, nextSeq(), status))
    },
    sendDictionary: (pieces) => {
      for (const piece of pieces)
        if (link.isOpen()) send(encodeJsonFrame(FRAME.dictionary, nextSeq(), piece))
    },
    sendDiagnosis: (diagnosis) => {
      if (link.isOpen()) send(encodeJsonFrame(FRAME.diagnosis, nextSeq(), diagnosis))
    },
    sendObservations: (texts) => {
      if (!link.isOpen() || link.waitingBytes() > MAX_EVENTS_AHEAD_BYTES) return false
      const payload = Buffer.from(`{"observations":[${texts.join(',')}]}`)
      link.write(encodeFrame(FRAME.observations, nextSeq(), payload))
      return true
    },
    sendCapture: (capture, bytes) => {
      if (!link.isOpen()) return false
      const frame = new Uint8Array(CAPTURE_AT + bytes.length)
      writeFrameHeader(frame, FRAME.capture, nextSeq(), CAPTURE_HEADER_BYTES + bytes.length)
      new DataView(frame.buffer).setUint32(FRAME_HEADER_BYTES, capture, true)
      frame.set(bytes, CAPTURE_AT)
      send(frame)
      return true
    },
    isReady: () => link.isOpen() && link.waitingBytes() <= MAX_EVENTS_AHEAD_BYTES,
    counts: () => ({
      connected: link.isOpen(),
      droppedRecords: retained.droppedRecords(),
      queuedBytes: retained.bytes(),
    }),
  }
}
