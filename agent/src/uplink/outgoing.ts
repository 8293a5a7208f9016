/** Makes the frames of a connection that is open, and sends them. */
import { encodeFrame, encodeJsonFrame, writeFrameHeader } from '@netscope/core/frame.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import {
  BATCH_HEADER_BYTES,
  CAPTURE_HEADER_BYTES,
  FRAME,
  FRAME_HEADER_BYTES,
} from '@netscope/core/wire.ts'
import { createFramePool } from './frame-pool.ts'
import type { ServerLink } from './server-link.ts'

export interface OutgoingDeps {
  link: Pick<ServerLink, 'write' | 'waitingBytes' | 'reset'>
  nextSeq(): number
  /** Milliseconds since 1970 when the clock of the records was 0. */
  wallOffsetMs(): number
  now(): number
}

/** The socket keeps what the server does not read: one that stands still is left. */
const MAX_WAITING_BYTES = 32 << 20
/** The tracker's batches (agent/src/flows/record-batch.ts): 336 KiB; 3 MiB of them are kept for use. */
const POOLED_RECORDS = 1024
const POOLED_FRAMES = 10
const RECORDS_AT = FRAME_HEADER_BYTES + BATCH_HEADER_BYTES
/** Where the bytes of a capture begin in its frame. */
const CAPTURE_AT = FRAME_HEADER_BYTES + CAPTURE_HEADER_BYTES
/** Of one frame: 1 MiB. */
const MAX_EVENTS = 16384

export type Outgoing = ReturnType<typeof createOutgoing>

export const createOutgoing = ({ link, nextSeq, wallOffsetMs, now }: OutgoingDeps) => {
  const pool = createFramePool(RECORDS_AT + POOLED_RECORDS * RECORD_BYTES, POOLED_FRAMES)

  const send = (frame: Uint8Array): void => {
    if (link.waitingBytes() > MAX_WAITING_BYTES) link.reset('the server has stopped reading')
    else link.write(frame)
  }

  /** Header, clock and records, which are copied. */
  const batch = (type: number, seq: number, records: Uint8Array, timeMs: number): Uint8Array => {
    const bytes = pool.take(RECORDS_AT + records.length)
    writeFrameHeader(bytes, type, seq, bytes.length - FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(wallOffsetMs(), FRAME_HEADER_BYTES)
    bytes.writeDoubleLE(timeMs, FRAME_HEADER_BYTES + 8)
    bytes.set(records, RECORDS_AT)
    return bytes
  }

  return {
    json: (type: number, value: unknown): void => send(encodeJsonFrame(type, nextSeq(), value)),
    /** `done` is to be called when nobody needs the frame any more. */
    flows: (seq: number, records: Uint8Array): { bytes: number; done(): void } => {
      const frame = batch(FRAME.flows, seq, records, now())
      send(frame)
      return { bytes: frame.length, done: () => pool.give(frame) }
    },
    events: (records: Uint8Array, count: number): void => {
      for (let from = 0; from < count; from += MAX_EVENTS) {
        const to = Math.min(from + MAX_EVENTS, count)
        const some = records.subarray(from * EVENT_BYTES, to * EVENT_BYTES)
        link.write(batch(FRAME.events, nextSeq(), some, 0))
      }
    },
    observations: (texts: readonly string[]): void => {
      const payload = Buffer.from(`{"observations":[${texts.join(',')}]}`)
      link.write(encodeFrame(FRAME.observations, nextSeq(), payload))
    },
    capture: (capture: number, bytes: Uint8Array): void => {
      const frame = new Uint8Array(CAPTURE_AT + bytes.length)
      writeFrameHeader(frame, FRAME.capture, nextSeq(), CAPTURE_HEADER_BYTES + bytes.length)
      new DataView(frame.buffer).setUint32(FRAME_HEADER_BYTES, capture, true)
      frame.set(bytes, CAPTURE_AT)
      send(frame)
    },
    /** Answers the server's ping with our time. */
    pong: (ping: Uint8Array): void => {
      const payload = Buffer.alloc(16)
      payload.set(ping)
      payload.writeDoubleLE(now(), 8)
      link.write(encodeFrame(FRAME.pong, nextSeq(), payload))
    },
  }
}
