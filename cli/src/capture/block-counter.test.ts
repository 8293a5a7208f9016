/** Blocks are counted wherever the pieces of a file begin and end. */
import { expect, test } from 'vitest'
import { createBlockCounter } from './block-counter.ts'

const block = (type: number, body: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(12 + body.length)
  bytes.writeUInt32LE(type, 0)
  bytes.writeUInt32LE(bytes.length, 4)
  bytes.set(body, 8)
  bytes.writeUInt32LE(bytes.length, bytes.length - 4)
  return bytes
}
const statistics = (lost: number) => {
  const body = Buffer.alloc(12 + 8 + 12 + 4)
  body.writeUInt16LE(1, 12) // a comment of three bytes first
  body.writeUInt16LE(3, 14)
  body.writeUInt16LE(7, 20)
  body.writeUInt16LE(8, 22)
  body.writeBigUInt64LE(BigInt(lost), 24)
  return block(5, body)
}
const FILE = Buffer.concat([
  block(0x0a0d0d0a, Buffer.alloc(16)),
  block(1, Buffer.alloc(40)),
  block(6, Buffer.alloc(100)),
  block(6, Buffer.alloc(20)),
  statistics(5),
  statistics(2),
])

test.each([1, 2, 3, 7, 8, 64, 1000])('in pieces of %i bytes', (size) => {
  const counter = createBlockCounter()
  for (let at = 0; at < FILE.length; at += size) counter.push(FILE.subarray(at, at + size))
  expect({ ...figures(counter) }).toEqual({ packets: 2, lost: 7, isWhole: true })
})

test('a file that is cut off before its statistics is not whole', () => {
  const counter = createBlockCounter()
  counter.push(FILE.subarray(0, 200))
  expect(figures(counter)).toEqual({ packets: 2, lost: 0, isWhole: false })
})

test('bytes that are no capture do no harm', () => {
  const counter = createBlockCounter()
  for (let i = 0; i < 2000; i++) counter.push(Buffer.alloc(1 + (i % 30), i * 37))
  counter.push(block(5, Buffer.alloc(8000, 0xff)))
  expect(counter.packets).toBeGreaterThanOrEqual(0)
})

const figures = ({ packets, lost, isWhole }: ReturnType<typeof createBlockCounter>) => ({
  packets,
  lost,
  isWhole,
})
