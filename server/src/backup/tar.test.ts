/** Headers of tar archives. */
import { expect, test } from 'vitest'
import { BLOCK, headerOf, paddingOf, readHeader } from './tar.ts'

test.each([0, 1, 512, 8 ** 11 - 1, 8 ** 11, 2 ** 43])('a size of %i comes back', (size) => {
  expect(readHeader(headerOf('history/x', size, 0))).toEqual({ name: 'history/x', size })
})

test('content is filled up to whole blocks', () => {
  expect([0, 1, 511, 512, 513].map(paddingOf)).toEqual([0, 511, 1, 0, 511])
})

test('a header of zeros is the end, and one that is damaged or of a link is refused', () => {
  expect(readHeader(Buffer.alloc(BLOCK))).toBeUndefined()
  const damaged = headerOf('x', 1, 0)
  damaged[0] = 121
  expect(() => readHeader(damaged)).toThrow('damaged')
})

/** Behind the digits of the checksum. */
const CHECKSUM_END = [154, 155]

test('no byte of a header that says something can be changed unseen', () => {
  const header = headerOf('state.sqlite', 4096, 0)
  for (let at = 0; at < BLOCK; at++) {
    if (CHECKSUM_END.includes(at)) continue
    const changed = Buffer.from(header)
    changed[at] = (changed[at] ?? 0) ^ 0x11
    expect(() => readHeader(changed)).toThrow()
  }
})
