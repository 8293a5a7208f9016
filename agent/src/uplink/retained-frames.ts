/** Flow frames that the server has not acknowledged yet, oldest first, within a bound of bytes. */
import { ENDS, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { writeFrameHeader } from '@netscope/core/frame.ts'
import { BATCH_HEADER_BYTES, FRAME, FRAME_HEADER_BYTES } from '@netscope/core/wire.ts'

/** Where the records of a flows frame begin. */
export const RECORDS_AT = FRAME_HEADER_BYTES + BATCH_HEADER_BYTES
/** What a frame costs beside its bytes: two objects and an array element. */
const FRAME_COST_BYTES = 256
const END_AT = 4

interface RetainedFrame {
  seq: number
  bytes: Uint8Array
  /** Records of ended flows in it: the ones that must not be lost. */
  ended: number
}

export interface RetainedFrames {
  /** Keeps a flows frame until it is acknowledged. */
  push(seq: number, bytes: Uint8Array): void
  /** Forgets every frame up to `seq`. */
  acknowledge(seq: number): void
  /** The connection is gone: keeps ended flows only; live ones will be published anew. */
  keepEnded(): void
  /** The frames to send again, oldest first. */
  frames(): Uint8Array[]
  /** Bytes held. */
  bytes(): number
  /** Ended records that had to be given up because the bound was reached, since start. */
  droppedRecords(): number
}

/** Number of ended flows among `count` records that begin at `at`. */
export const countEnded = (bytes: Uint8Array, at: number, count: number): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  let ended = 0
  for (let i = 0; i < count; i++) if (isEnded(view, at + i * RECORD_BYTES)) ended++
  return ended
}

/** Copies the records of ended flows from `records` to `into` at `at`; returns their number. */
const copyEnded = (records: Uint8Array, count: number, into: Uint8Array, at: number): number => {
  const view = new DataView(records.buffer, records.byteOffset)
  let copied = 0
  for (let i = 0; i < count; i++) {
    const from = i * RECORD_BYTES
    if (!isEnded(view, from)) continue
    into.set(records.subarray(from, from + RECORD_BYTES), at + copied * RECORD_BYTES)
    copied++
  }
  return copied
}

const isEnded = (view: DataView, record: number) =>
  view.getUint32(record + END_AT, true) !== ENDS.indexOf('')

/**
 * Holds at most `maxBytes`; beyond it the oldest frames are given up and counted. `onAcknowledged` gets
 * the frames that nobody needs any more.
 */
export const createRetainedFrames = (
  maxBytes: number,
  onAcknowledged: (frame: Uint8Array) => void = () => undefined,
): RetainedFrames => {
  let queue: RetainedFrame[] = []
  let head = 0
  let bytes = 0
  let dropped = 0

  const shift = (): RetainedFrame | undefined => {
    const frame = queue[head]
    if (!frame) return undefined
    bytes -= frame.bytes.length + FRAME_COST_BYTES
    head++
    if (head > 64 && head * 2 > queue.length) {
      queue = queue.slice(head)
      head = 0
    }
    return frame
  }

  const push = (frame: RetainedFrame): void => {
    queue.push(frame)
    bytes += frame.bytes.length + FRAME_COST_BYTES
    while (bytes > maxBytes) dropped += shift()?.ended ?? 0
  }

  return {
    push: (seq, frame) => {
      const count = (frame.length - RECORDS_AT) / RECORD_BYTES
      push({ seq, bytes: frame, ended: countEnded(frame, RECORDS_AT, count) })
    },
    acknowledge: (seq) => {
      // Serial number arithmetic (RFC 1982): the numbers may wrap.
      for (let frame = queue[head]; frame && ((seq - frame.seq) | 0) >= 0; frame = queue[head]) {
        shift()
        onAcknowledged(frame.bytes)
      }
    },
    keepEnded: () => {
      const old = queue.slice(head)
      queue = []
      head = 0
      bytes = 0
      for (const frame of old) if (frame.ended > 0) push(endedOnly(frame))
    },
    frames: () => queue.slice(head).map((frame) => frame.bytes),
    bytes: () => bytes,
    droppedRecords: () => dropped,
  }
}

const endedOnly = (frame: RetainedFrame): RetainedFrame => {
  const count = (frame.bytes.length - RECORDS_AT) / RECORD_BYTES
  if (frame.ended === count) return frame
  const bytes = new Uint8Array(RECORDS_AT + frame.ended * RECORD_BYTES)
  bytes.set(frame.bytes.subarray(0, RECORDS_AT))
  writeFrameHeader(bytes, FRAME.flows, frame.seq, bytes.length - FRAME_HEADER_BYTES)
  copyEnded(frame.bytes.subarray(RECORDS_AT), count, bytes, RECORDS_AT)
  return { ...frame, bytes }
}
