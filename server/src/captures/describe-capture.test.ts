/** What is told of a capture without decoding it, and that nothing an agent sends can break it. */
import { expect, test } from 'vitest'
import { describeCapture } from './describe-capture.ts'

const ASKED = 'Asked for at 2026-11-27T12:00:00.000Z. The capture ring of a reached back to …'
const OVER = 'over after 10 s'

const block = (type: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(type, 0)
  head.writeUInt32LE(body.length + 12, 4)
  return Buffer.concat([head, body, head.subarray(4)])
}
const option = (code: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(code, 0)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)])
}
const END = Buffer.alloc(4)
const section = (comment?: string): Buffer => {
  const fixed = Buffer.alloc(16, 0xff)
  fixed.writeUInt32LE(0x1a2b3c4d, 0)
  return block(
    0x0a0d0d0a,
    Buffer.concat([fixed, ...(comment ? [option(1, Buffer.from(comment))] : []), END]),
  )
}
const packet = (iso: string): Buffer => {
  const body = Buffer.alloc(20)
  const ns = BigInt(Date.parse(iso)) * 1_000_000n
  body.writeUInt32LE(Number(ns >> 32n), 4)
  body.writeUInt32LE(Number(ns & 0xffffffffn), 8)
  return block(6, body)
}
const statistics = (lost: number): Buffer => {
  const value = Buffer.alloc(8)
  value.writeBigUInt64LE(BigInt(lost))
  return block(
    5,
    Buffer.concat([Buffer.alloc(12), option(1, Buffer.from(OVER)), option(7, value), END]),
  )
}
const [BEFORE, AFTER, LAST] = ['11:59:58.500', '12:00:00.001', '12:00:09.000'].map(
  (time) => `2026-11-27T${time}Z`,
) as [string, string, string]

test('packets, how many of them before it was asked for, from when to when, what was lost, and the words', () => {
  const file = [
    section(ASKED),
    packet(AFTER),
    packet(BEFORE),
    packet(LAST),
    statistics(3),
    statistics(4),
  ]
  expect(describeCapture(Buffer.concat(file))).toEqual({
    ...{ packets: 3, packetsBefore: 1, lostPackets: 7, notes: [ASKED, OVER] },
    ...{ firstMs: Date.parse(BEFORE), lastMs: Date.parse(LAST) },
  })
})

test('an agent that does not know of a ring has nothing from before, and that is said', () => {
  const { packetsBefore, notes } = describeCapture(Buffer.concat([section(), packet(AFTER)]))
  expect([packetsBefore, notes]).toEqual([
    0,
    ['Nothing from before: the agent is too old to know of a capture ring.'],
  ])
})

test('a file without packets', () => {
  const { packets, firstMs, lastMs } = describeCapture(section(ASKED))
  expect([packets, firstMs, lastMs]).toEqual([0, undefined, undefined])
})

test('what is damaged or made up is read as far as it goes', () => {
  const file = Buffer.concat([section(ASKED), packet(AFTER), statistics(3), packet(LAST)])
  for (let length = 0; length < file.length; length++) {
    const { packets } = describeCapture(Buffer.from(file.subarray(0, length)))
    expect(packets).toBeLessThanOrEqual(1)
  }
  for (let at = 0; at < file.length; at++)
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = Buffer.from(file)
      changed[at] = value
      const { packets, notes } = describeCapture(changed)
      expect(packets).toBeLessThanOrEqual(2)
      expect(notes.join('').length).toBeLessThan(1000)
    }
})

test('words are bounded', () => {
  const many = Array.from({ length: 50 }, (_, i) => section(`${i} ${'x'.repeat(5000)}`))
  const { notes } = describeCapture(Buffer.concat(many))
  expect([notes.length, notes.every(({ length }) => length <= 400)]).toEqual([9, true])
})
