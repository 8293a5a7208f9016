/** Rows of the tracing programs, byte by byte. */
import { expect, it } from 'vitest'
import { ACCEPTANCE, ACCEPTANCE_BYTES, DROP_KEY_BYTES, RETRANSMISSION_KEY_BYTES } from './layout.ts'
import { decodeAccepted, decodeAppBytes, decodeDrop, decodeRetransmission } from './trace-rows.ts'

const tuple = (key: Buffer): Buffer => {
  key.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1], 0)
  key.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 2], 16)
  key.writeUInt16LE(443, 32)
  key.writeUInt16LE(50_000, 34)
  key.writeUInt8(6, 36)
  key.writeUInt8(1, 38)
  return key
}
const decoded = (key: Buffer) => ({
  endpoints: Uint8Array.from(key.subarray(0, 36)),
  protocol: 6,
  sender: 1,
})

it('decodes a drop', () => {
  const key = tuple(Buffer.alloc(DROP_KEY_BYTES))
  key.writeUInt32LE(7, 40)
  key.writeUInt32LE(0xf0000001, 44)
  key.writeUInt32LE(57, 48)
  const reasons = { name: (reason: number) => `R${reason}` }
  expect(decodeDrop({ key, first: 3, second: 4500 }, reasons)).toEqual({
    tuple: decoded(key),
    ifindex: 7,
    netns: 0xf0000001,
    reason: 'R57',
    packets: 3,
    bytes: 4500,
  })
})

it('keeps no view of a buffer that is used again', () => {
  const key = tuple(Buffer.alloc(RETRANSMISSION_KEY_BYTES))
  key.writeUInt32LE(0xf0000001, 40)
  const expected = { tuple: decoded(key), netns: 0xf0000001, events: 2, segments: 9 }
  const row = decodeRetransmission({ key, first: 2, second: 9 })
  key.fill(0)
  expect(row).toEqual(expected)
})

it('decodes bytes of a socket with a large cookie', () => {
  const key = Buffer.alloc(8)
  key.writeBigUInt64LE(2n ** 60n + 1n)
  expect(decodeAppBytes({ key, first: 1, second: 2 })).toEqual({
    cookie: 2n ** 60n + 1n,
    sent: 1,
    received: 2,
  })
})

it.each([
  ['nginx\0garbage..', 'nginx'],
  ['fifteen-letters\0', 'fifteen-letters'],
  ['sixteen-letters!', 'sixteen-letters!'],
])('decodes who accepted: %j', (bytes, command) => {
  const value = Buffer.alloc(ACCEPTANCE_BYTES)
  value.writeBigUInt64LE(4711n, ACCEPTANCE.cgroupId)
  value.writeUInt32LE(12, ACCEPTANCE.pid)
  value.writeUInt32LE(1000, ACCEPTANCE.uid)
  value.write(bytes, ACCEPTANCE.command, 'latin1')
  expect(decodeAccepted(5n, value)).toEqual({
    cookie: 5n,
    pid: 12,
    uid: 1000,
    cgroupId: 4711n,
    command,
  })
})
