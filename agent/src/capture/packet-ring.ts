/**
 * The packets of the last time, in one piece of memory that is made once: each new one takes the place of the oldest. A
 * packet is its record as the kernel has made it (captured-packet.ts) and its length in words behind it, by which readers
 * go back. No object is made for a packet; readers are counted out what they came too late for.
 */
import { CAPTURED, CAPTURED_BYTES } from './captured-packet.ts'

const HEAD = CAPTURED_BYTES / 4
const IFINDEX = CAPTURED.ifindex / 4
const LENGTH = CAPTURED.length / 4
const KEPT = CAPTURED.captured / 4
/** The length in words that ends each record. */
const TRAILER = 1

/** Where a reader is: words from the start of the ring, and what all laps before have had. */
export interface RingPlace {
  at: number
  lap: number
}

export interface RingReader extends RingPlace {
  /** The record at its place is about to go; it is moved on. */
  onOverwritten(at: number): void
}

export interface PacketRing {
  /** All of its memory. Records lie at a number of words, as `visit` is given. */
  readonly words: Int32Array
  readonly view: DataView
  /** Packets that it holds. */
  readonly packets: number
  /** When the oldest packet came, in the kernel's clock; undefined: there is none. */
  oldestNs(): number | undefined
  /** Keeps the record at `at` of `from`, with its first `kept` bytes at most. */
  put(from: Int32Array, at: number, kept: number): void
  /** Keeps that so many packets of an interface are missing here. */
  mark(ifindex: number, lost: number, timeNs: number): void
  /** Starts at the newest; until `leave` it is told what is overwritten. */
  enter(onOverwritten: (at: number) => void): RingReader
  leave(reader: RingReader): void
  /** A copy of where the next record will be put. */
  head(): RingPlace
  /** Words from the reader to `end`, those at the end of a lap that are not used included. */
  wordsUntil(reader: RingPlace, end: RingPlace): number
  /** To the record before; false: there is none. */
  stepBack(reader: RingPlace): boolean
  /** Over the record at its place. */
  stepOver(reader: RingPlace): void
}

/** Whether the record at this word says what is missing, in `lostOf`. */
export const isMark = (words: Int32Array, at: number): boolean => words[at + KEPT] === 0
export const lostOf = (words: Int32Array, at: number): number => words[at + LENGTH]! >>> 0
export const ifindexOf = (words: Int32Array, at: number): number => words[at + IFINDEX]! >>> 0

/** `bytes`: at least twice what the greatest record takes. */
export const createPacketRing = (bytes: number): PacketRing => {
  const size = bytes >> 2
  const words = new Int32Array(size)
  const view = new DataView(words.buffer)
  const marked = new Int32Array(HEAD)
  const markedView = new DataView(marked.buffer)
  const head: RingPlace = { at: 0, lap: 0 }
  const tail: RingPlace = { at: 0, lap: 0 }
  /** Where the records of the lap before the head's end. */
  let lapEnd = size
  let packets = 0
  let readers: readonly RingReader[] = []

  const lengthAt = (at: number): number => HEAD + ((words[at + KEPT]! + 3) >> 2) + TRAILER
  const isSame = (a: RingPlace, b: RingPlace) => a.at === b.at && a.lap === b.lap
  const settle = (place: RingPlace): void => {
    if (place.lap === head.lap || place.at !== lapEnd) return
    place.lap = head.lap
    place.at = 0
  }
  const stepOver = (place: RingPlace): void => {
    place.at += lengthAt(place.at)
    settle(place)
  }

  const dropOldest = (): void => {
    for (const reader of readers) {
      if (!isSame(reader, tail)) continue
      reader.onOverwritten(tail.at)
      stepOver(reader)
    }
    if (!isMark(words, tail.at)) packets--
    stepOver(tail)
  }

  /** Makes room for a record and returns where it goes. */
  const makeRoom = (length: number): number => {
    if (head.at + length > size) {
      while (tail.lap !== head.lap) dropOldest()
      lapEnd = head.at
      head.at = 0
      head.lap += size
      for (const place of [tail, ...readers]) settle(place)
    }
    while (tail.lap !== head.lap && tail.at < head.at + length) dropOldest()
    return head.at
  }

  const put = (from: Int32Array, at: number, kept: number): void => {
    const used = HEAD + ((kept + 3) >> 2)
    const to = makeRoom(used + TRAILER)
    for (let i = 0; i < used; i++) words[to + i] = from[at + i]!
    words[to + KEPT] = kept
    words[to + used] = used + TRAILER
    head.at += used + TRAILER
    packets++
  }

  return {
    words,
    view,
    get packets() {
      return packets
    },
    oldestNs: () => (isSame(tail, head) ? undefined : Number(view.getBigUint64(4 * tail.at, true))),
    put: (from, at, kept) => put(from, at, Math.min(kept, from[at + KEPT]!)),
    mark: (ifindex, lost, timeNs) => {
      markedView.setBigUint64(CAPTURED.timeNs, BigInt(Math.round(timeNs)), true)
      marked[IFINDEX] = ifindex
      marked[LENGTH] = lost
      put(marked, 0, 0)
      packets--
    },
    enter: (onOverwritten) => {
      const reader = { ...head, onOverwritten }
      readers = [...readers, reader]
      return reader
    },
    leave: (reader) => {
      readers = readers.filter((one) => one !== reader)
    },
    head: () => ({ ...head }),
    wordsUntil: (reader, end) => end.lap + end.at - reader.lap - reader.at,
    stepBack: (reader) => {
      if (isSame(reader, tail)) return false
      if (reader.at === 0) {
        reader.lap -= size
        reader.at = lapEnd
      }
      reader.at -= words[reader.at - TRAILER]!
      return true
    },
    stepOver,
  }
}
