/**
 * One capture out of the ring: back from the newest packet to as many as are wanted of what has been, then forward with
 * those that come. A step looks at few packets, so that the ring is filled meanwhile.
 */
import { CAPTURED, type CapturedPacket } from './captured-packet.ts'
import type { PacketTest } from './match-packet.ts'
import { ifindexOf, isMark, lostOf, type PacketRing, type RingPlace } from './packet-ring.ts'
import type { OpenTap, TapCounts } from './packet-tap.ts'

/** One or two milliseconds, where the ring is too large for the caches. */
const MOST_AT_ONCE = 5000
/** What a packet takes in a file besides its bytes, about. */
const BLOCK_BYTES = 200

export interface RingReaderDeps {
  ring: PacketRing
  test: PacketTest
  /** Of a packet. */
  snapLength: number
  /** What packets from before may take of the file. */
  beforeBytes: number
  /** Packets that came before then, in the kernel's clock, are not looked for. */
  sinceNs: number
  /** Brings into the ring what has come and what was lost. */
  settle(): void
  onFree(): void
}

export const openRingReader = (deps: RingReaderDeps): OpenTap => {
  const { ring, test } = deps
  const { words } = ring
  const packet: CapturedPacket = { view: ring.view, at: 0 }
  const counts = new Map<number, TapCounts>()
  let isSearching = deps.beforeBytes > 0
  let leftBytes = deps.beforeBytes
  const sinceNs = BigInt(Math.max(0, Math.floor(deps.sinceNs)))
  let missing = 0
  /** What was lost before the first packet concerns nobody. */
  let hasBegun = false
  let end: RingPlace | undefined
  let isFree = false

  const countOf = (at: number): TapCounts => {
    const ifindex = ifindexOf(words, at)
    let one = counts.get(ifindex)
    if (!one) counts.set(ifindex, (one = { ifindex, accepted: 0, lost: 0 }))
    return one
  }
  const isWanted = (at: number): boolean => {
    packet.at = 4 * at
    return test(packet)
  }
  const countMark = (at: number): void => {
    if (!hasBegun && ring.wordsUntil(reader, asked) > 0) return
    missing += lostOf(words, at)
    countOf(at).lost += lostOf(words, at)
  }

  const reader = ring.enter((at) => {
    // What has gone before it was looked for is no loss: the ring does not reach as far.
    if (isSearching || isOver()) return
    if (isMark(words, at)) countMark(at)
    else if (isWanted(at)) {
      const one = countOf(at)
      one.accepted++
      one.lost++
    }
  })
  const asked = ring.head()
  const isOver = (): boolean => end !== undefined && ring.wordsUntil(reader, end) <= 0

  const isTooOld = (at: number): boolean =>
    ring.view.getBigUint64(4 * at + CAPTURED.timeNs, true) < sinceNs
  const endSearch = (): void => {
    ring.stepOver(reader)
    isSearching = false
  }

  /** Back to the first packet that is wanted, recent enough, and still fits. */
  const search = (): void => {
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      if (!ring.stepBack(reader)) {
        isSearching = false
        return
      }
      if (isTooOld(reader.at)) return endSearch()
      if (isMark(words, reader.at) || !isWanted(reader.at)) continue
      const captured = ring.view.getUint32(4 * reader.at + CAPTURED.captured, true)
      leftBytes -= BLOCK_BYTES + Math.min(captured, deps.snapLength)
      if (leftBytes < 0) return endSearch()
    }
  }

  return {
    drain: (visit) => {
      if (isSearching) {
        search()
        return true
      }
      const until = end ?? ring.head()
      for (let i = 0; i < MOST_AT_ONCE; i++) {
        if (ring.wordsUntil(reader, until) <= 0) return false
        const { at } = reader
        if (isMark(words, at)) countMark(at)
        else if (isWanted(at)) {
          if (!visit(packet)) return false
          hasBegun = true
          countOf(at).accepted++
        }
        ring.stepOver(reader)
      }
      return true
    },
    fill: () => {
      const waiting = ring.wordsUntil(reader, end ?? ring.head())
      return Math.max(waiting, isSearching ? 1 : 0) / words.length
    },
    counts: () => [...counts.values()],
    note: () =>
      missing === 0
        ? ''
        : `${missing} packets of any source found no room on their way to the capture ring`,
    close: () => {
      if (end) return
      deps.settle()
      end = ring.head()
    },
    free: () => {
      if (isFree) return
      isFree = true
      ring.leave(reader)
      deps.onFree()
    },
  }
}
