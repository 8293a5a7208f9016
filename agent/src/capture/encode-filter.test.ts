/** Filters in the kernel's form; what they take, agent/src/kernel/packet-tap.root.test.ts tells. */
import { expect, test } from 'vitest'
import type { CaptureFilter } from '@netscope/core/wire.ts'
import { CAPTURE_FILTER } from './captured-packet.ts'
import { encodeFilter } from './encode-filter.ts'

const encode = (filter: CaptureFilter) =>
  Buffer.from(encodeFilter(filter, { snapLength: 1, ifindex: 0, ownPort: 8086 }))
const part = (bytes: Buffer, at: number, length: number) => bytes.toString('hex', at, at + length)

test('nothing given is all zero but the snap length', () => {
  const bytes = encode({})
  expect(bytes.readUInt32LE(CAPTURE_FILTER.snapLength)).toBe(1)
  expect(bytes.filter((byte) => byte !== 0)).toHaveLength(1)
})

test.each([
  ['10.1.2.3', '00000000000000000000ffff0a010203', 'f'.repeat(32)],
  ['10.1.0.0/18', '00000000000000000000ffff0a010000', `${'f'.repeat(28)}c000`],
  ['0.0.0.0/0', '00000000000000000000ffff00000000', `${'f'.repeat(24)}00000000`],
  ['::/0', '0'.repeat(32), '0'.repeat(32)],
  ['2001:db8::/33', `20010db8${'0'.repeat(24)}`, `ffffffff80${'0'.repeat(22)}`],
])('%s is an address and a mask', (ip, addr, mask) => {
  const bytes = encode({ ip })
  expect(part(bytes, CAPTURE_FILTER.addr, 16)).toBe(addr)
  expect(part(bytes, CAPTURE_FILTER.mask, 16)).toBe(mask)
})

test('what is no prefix is refused', () => {
  expect(() => encode({ ip: 'example.com' })).toThrow('example.com')
})
