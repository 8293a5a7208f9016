/**
 * Frames of the uplink (core/src/wire.ts): an encoder, and a decoder over arbitrary chunk boundaries.
 *
 * Numbers: `hello` is 0, every other frame counts up from 1. Within a connection they rise, with gaps.
 * Records of ended flows that were not acknowledged come again in `spooled` frames, which bear the epoch and
 * the number of the batch: a server that remembers the highest number of each epoch knows them again.
 */
import { FRAME_HEADER_BYTES, MAX_FRAME_BYTES } from './wire.ts'

/** Writes the FRAME_HEADER_BYTES of a frame whose payload is `length` bytes to the start of `into`. */
export const writeFrameHeader = (
  into: Uint8Array,
  type: number,
  seq: number,
  length: number,
): void => {
  const view = new DataView(into.buffer, into.byteOffset, FRAME_HEADER_BYTES)
  view.setUint32(0, length, true)
  view.setUint32(4, type & 255, true)
  view.setUint32(8, seq, true)
}

/** A whole frame in one buffer, for small payloads; throws RangeError over MAX_FRAME_BYTES. */
export const encodeFrame = (type: number, seq: number, payload: Uint8Array = EMPTY): Uint8Array => {
  if (payload.length > MAX_FRAME_BYTES) {
    throw new RangeError(`frame of ${payload.length} bytes, at most ${MAX_FRAME_BYTES} fit`)
  }
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length)
  writeFrameHeader(frame, type, seq, payload.length)
  frame.set(payload, FRAME_HEADER_BYTES)
  return frame
}

/** A whole frame whose payload is `value` as JSON in UTF-8. */
export const encodeJsonFrame = (type: number, seq: number, value: unknown): Uint8Array =>
  encodeFrame(type, seq, encoder.encode(JSON.stringify(value)))

/** The value of a JSON payload; undefined when it is not JSON in UTF-8. */
export const parseJsonPayload = (payload: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(payload))
  } catch {
    return undefined
  }
}

/** Takes a frame. `payload` may lie in the pushed chunk: copy what must outlive that chunk. */
export type OnFrame = (type: number, seq: number, payload: Uint8Array) => void

export interface FrameDecoder {
  /**
   * Takes the next bytes of the stream and calls `onFrame` for each frame that they complete. Returns why
   * the bytes can't be frames; from then on the decoder stays broken and the connection must be closed.
   */
  push(chunk: Uint8Array): string | undefined
}

/**
 * Frames inside one chunk are handed out in place; one that spans chunks is copied together once. `maxBytes` is
 * asked for each frame: of a peer that has not said who it is, little is taken.
 */
export const createFrameDecoder = (
  onFrame: OnFrame,
  maxBytes: () => number = () => MAX_FRAME_BYTES,
): FrameDecoder => {
  const header = new Uint8Array(FRAME_HEADER_BYTES)
  const headerView = new DataView(header.buffer)
  let headerFill = 0
  let body: Uint8Array | undefined
  let bodyFill = 0
  let broken: string | undefined

  /** Collects the header; returns the position behind what it took. */
  const takeHeader = (chunk: Uint8Array, at: number): number => {
    const take = Math.min(FRAME_HEADER_BYTES - headerFill, chunk.length - at)
    header.set(chunk.subarray(at, at + take), headerFill)
    headerFill += take
    if (headerFill === FRAME_HEADER_BYTES) broken = headerProblem(headerView, maxBytes())
    return at + take
  }

  const finish = (payload: Uint8Array): void => {
    headerFill = 0
    body = undefined
    onFrame(headerView.getUint8(4), headerView.getUint32(8, true), payload)
  }

  /** The header is whole: takes payload bytes; returns the position behind them. */
  const takeBody = (chunk: Uint8Array, at: number): number => {
    const length = headerView.getUint32(0, true)
    if (!body) {
      if (chunk.length - at >= length) {
        finish(chunk.subarray(at, at + length))
        return at + length
      }
      body = new Uint8Array(length)
      bodyFill = 0
    }
    const take = Math.min(length - bodyFill, chunk.length - at)
    body.set(chunk.subarray(at, at + take), bodyFill)
    bodyFill += take
    if (bodyFill === length) finish(body)
    return at + take
  }

  return {
    push(chunk) {
      let at = 0
      while (broken === undefined && at < chunk.length) {
        at = headerFill < FRAME_HEADER_BYTES ? takeHeader(chunk, at) : takeBody(chunk, at)
        const empty = headerFill === FRAME_HEADER_BYTES && headerView.getUint32(0, true) === 0
        if (broken === undefined && empty) finish(EMPTY)
      }
      return broken
    },
  }
}

const headerProblem = (header: DataView, maxBytes: number): string | undefined => {
  const length = header.getUint32(0, true)
  if (length > maxBytes) return `frame announces ${length} bytes, at most ${maxBytes} are allowed`
  if (header.getUint32(4, true) > 255) return 'reserved bytes of a frame header are not zero'
  return undefined
}

const EMPTY = new Uint8Array(0)
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })
