/** Tests of the frame encoder and decoder. */
import { expect, test } from 'vitest'
import { createFrameDecoder, encodeFrame, encodeJsonFrame, parseJsonPayload } from './frame.ts'
import { FRAME, MAX_FRAME_BYTES } from './wire.ts'

const collect = (maxBytes?: number) => {
  const frames: { type: number; seq: number; text: string }[] = []
  const decoder = createFrameDecoder(
    (type, seq, payload) =>
      frames.push({ type, seq, text: Buffer.from(payload).toString('latin1') }),
    maxBytes === undefined ? undefined : () => maxBytes,
  )
  return { frames, decoder }
}

const STREAM = Buffer.concat([
  encodeJsonFrame(FRAME.hello, 0, { agent: 'a' }),
  encodeFrame(FRAME.ack, 7),
  encodeFrame(FRAME.flows, 0xffffffff, Buffer.from('x'.repeat(100))),
  encodeFrame(FRAME.ack, 9),
])
const FRAMES = [
  { type: FRAME.hello, seq: 0, text: '{"agent":"a"}' },
  { type: FRAME.ack, seq: 7, text: '' },
  { type: FRAME.flows, seq: 0xffffffff, text: 'x'.repeat(100) },
  { type: FRAME.ack, seq: 9, text: '' },
]

test.each([1, 2, 5, 11, 12, 13, 64, STREAM.length])(
  'decodes the same frames from chunks of %i bytes',
  (size) => {
    const { frames, decoder } = collect()
    for (let at = 0; at < STREAM.length; at += size) {
      expect(decoder.push(STREAM.subarray(at, at + size))).toBeUndefined()
    }
    expect(frames).toEqual(FRAMES)
  },
)

test('hands out a frame inside one chunk without copying it', () => {
  let payload: Uint8Array | undefined
  const chunk = encodeFrame(FRAME.flows, 1, Buffer.from('records'))
  createFrameDecoder((_type, _seq, bytes) => (payload = bytes)).push(chunk)
  expect(payload?.buffer).toBe(chunk.buffer)
})

test('refuses a frame over the limit before it takes a byte of it, and stays broken', () => {
  const { frames, decoder } = collect(10)
  expect(decoder.push(encodeFrame(2, 1, new Uint8Array(11)))).toMatch(
    /announces 11 bytes, at most 10/,
  )
  expect(decoder.push(encodeFrame(2, 2, new Uint8Array(1)))).toMatch(/announces 11 bytes/)
  expect(frames).toEqual([])
})

test('refuses reserved bytes that are not zero', () => {
  const { decoder } = collect()
  expect(decoder.push(Buffer.from('GET / HTTP/1.1\r\n'))).toBeDefined()
  const frame = encodeFrame(2, 1)
  frame[6] = 1
  expect(collect().decoder.push(frame)).toMatch(/reserved/)
})

test('refuses to encode a payload over the limit', () => {
  expect(() => encodeFrame(2, 1, new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow(/at most 16777216/)
})

test('hostile bytes in random chunks end in frames or an error, never in an exception', () => {
  let seed = 1
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(STREAM)
    for (let i = 0; i < 3; i++) bytes[random() % bytes.length] = random() & 255
    const { decoder } = collect(4096)
    for (let at = 0; at < bytes.length;) {
      const size = 1 + (random() % 40)
      decoder.push(bytes.subarray(at, at + size))
      at += size
    }
  }
})

test('a payload that is not JSON or not UTF-8 is undefined', () => {
  expect(parseJsonPayload(Buffer.from('{"a":1}'))).toEqual({ a: 1 })
  expect(parseJsonPayload(Buffer.from('{"a":'))).toBeUndefined()
  expect(parseJsonPayload(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined()
})
