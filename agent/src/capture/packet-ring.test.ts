/** The ring of packets beside a list that does the same by simple means. */
import { expect, test } from 'vitest'
import { CAPTURED, CAPTURED_BYTES } from './captured-packet.ts'
import { captured } from './fake-tap.ts'
import { createPacketRing, isMark, lostOf, type PacketRing, type RingPlace } from './packet-ring.ts'

/** Words that a packet of so many bytes takes. */
const wordsOf = (bytes: number): number => CAPTURED_BYTES / 4 + Math.ceil(bytes / 4) + 1

const put = (ring: PacketRing, timeNs: number, bytes: number, kept = bytes): void => {
  const { view } = captured({ bytes: new Uint8Array(bytes).fill(timeNs), timeNs, length: 9000 })
  ring.put(new Int32Array(view.buffer), 0, kept)
}
const timeAt = ({ view }: PacketRing, at: number): number =>
  Number(view.getBigUint64(4 * at + CAPTURED.timeNs, true))

/** Times of all packets from the reader's place to the newest. */
const forward = (ring: PacketRing, reader: RingPlace): number[] => {
  const times: number[] = []
  for (; ring.wordsUntil(reader, ring.head()) > 0; ring.stepOver(reader))
    times.push(timeAt(ring, reader.at))
  return times
}
const all = (ring: PacketRing): number[] => {
  const reader = ring.enter(() => undefined)
  while (ring.stepBack(reader)) continue
  const times = forward(ring, reader)
  ring.leave(reader)
  return times
}
/** Small numbers that look like chance and are the same each time. */
const createDice = (seed: number) => () => (seed = (seed * 48271) % 0x7fffffff)

test.each([1, 2, 3, 4])(
  'it holds the newest packets in order, whatever their lengths (%i)',
  (seed) => {
    const ring = createPacketRing(4096)
    const dice = createDice(seed)
    let expected: { time: number; words: number }[] = []
    for (let time = 1; time <= 2000; time++) {
      const bytes = 14 + (dice() % 400)
      put(ring, time, bytes)
      expected.push({ time, words: wordsOf(bytes) })
      const held = all(ring)
      // Without a gap up to the newest, and as many as can fit but for what a lap's end leaves unused.
      const newest = expected.slice(-held.length)
      expect(held).toEqual(newest.map((one) => one.time))
      expect([ring.packets, ring.oldestNs()]).toEqual([held.length, held[0]])
      const more = expected.at(-held.length - 1)
      const used = newest.reduce((sum, { words }) => sum + words, 0)
      if (more) expect(used + more.words).toBeGreaterThan(1024 - 3 * wordsOf(414))
      expected = newest
    }
  },
)

test('a packet keeps its record, and as many of its bytes as it shall', () => {
  const ring = createPacketRing(4096)
  put(ring, 7, 100, 33)
  put(ring, 8, 20, 33)
  const [view, second] = [ring.view, 4 * wordsOf(33)]
  expect([
    view.getUint32(CAPTURED.captured, true),
    view.getUint32(CAPTURED.length, true),
    view.getUint8(CAPTURED_BYTES + 32),
    view.getUint32(second + CAPTURED.captured, true),
    timeAt(ring, second / 4),
  ]).toEqual([33, 9000, 7, 20, 8])
})

test('a reader who is overtaken is told of each packet that it has not seen, and goes on with the oldest', () => {
  const ring = createPacketRing(4096)
  const dice = createDice(5)
  for (let time = 1; time <= 50; time++) put(ring, time, 14 + (dice() % 100))
  const missed: number[] = []
  const reader = ring.enter((at) => missed.push(timeAt(ring, at)))
  for (let time = 51; time <= 500; time++) put(ring, time, 14 + (dice() % 100))
  const seen = forward(ring, reader)
  expect([...missed, ...seen]).toEqual(Array.from({ length: 450 }, (_, i) => 51 + i))
  expect(missed.length).toBeGreaterThan(300)
  ring.leave(reader)
  for (let time = 501; time <= 600; time++) put(ring, time, 100)
  expect(missed.at(-1)).toBe(seen[0]! - 1)
})

test('what is missing is noted between the packets, and is none itself', () => {
  const ring = createPacketRing(4096)
  put(ring, 1, 60)
  ring.mark(3, 12, 2)
  put(ring, 3, 60)
  const reader = ring.enter(() => undefined)
  ring.stepBack(reader)
  ring.stepBack(reader)
  expect([isMark(ring.words, reader.at), lostOf(ring.words, reader.at)]).toEqual([true, 12])
  expect([ring.packets, all(ring)]).toEqual([2, [1, 2, 3]])
})

test('before its first packet there is nothing', () => {
  const ring = createPacketRing(4096)
  const reader = ring.enter(() => undefined)
  expect([ring.oldestNs(), ring.stepBack(reader), forward(ring, reader)]).toEqual([
    undefined,
    false,
    [],
  ])
})
