/** Counts what a slot holds beyond what was counted before, where the scan's short way does not do. */
import { VERDICTS } from '@netscope/core/slot.ts'
import type { Activity } from './activity.ts'
import {
  BASE_SHIFT,
  DROPS,
  META,
  SEEN_BYTES,
  SEEN_BYTES_HIGH,
  SEEN_PACKETS,
  STATE,
  type FlowMemory,
} from './flow-memory.ts'
import {
  BYTES,
  DROPPED_BYTES,
  DROPPED_PACKETS,
  JUDGED,
  PACKETS,
  readU64,
  U32,
  WORDS,
} from './slot-words.ts'
import { cellOf, type Totals } from './totals.ts'

/** Where the 48 bits that are remembered start anew: 281 TB, six hours at 100 Gbit/s. */
const U48 = 2 ** 48
const DROP = VERDICTS.indexOf('DROP')
const PASS = VERDICTS.indexOf('PASS')

export class FlowAccounts {
  readonly #memory: FlowMemory
  readonly #totals: Totals
  readonly #activity: Activity

  constructor(memory: FlowMemory, totals: Totals, activity: Activity) {
    this.#memory = memory
    this.#totals = totals
    this.#activity = activity
  }

  /** Bytes that `side` has sent since the last time; they count as seen. */
  newBytes(slot: number, side: number): number {
    const { slots, state } = this.#memory
    const me = slot * STATE
    const high = (state[me + SEEN_BYTES_HIGH]! >>> (16 * side)) & 0xffff
    const seen = state[me + SEEN_BYTES + side]! + high * U32
    const now = readU64(slots, slot * WORDS + BYTES + 2 * side) % U48
    state[me + SEEN_BYTES + side] = now % U32
    const other = state[me + SEEN_BYTES_HIGH]! & (side === 0 ? 0xffff0000 : 0xffff)
    state[me + SEEN_BYTES_HIGH] = other | (Math.floor(now / U32) << (16 * side))
    return now < seen ? now + U48 - seen : now - seen
  }

  /** Counts what came since the last look at a removed flow, whose slot no longer moves. */
  settle(slot: number): void {
    for (let side = 0; side < 2; side++) {
      const at = slot * STATE + SEEN_PACKETS + side
      const now = this.#memory.slots[slot * WORDS + PACKETS + 2 * side]!
      const packets = (now - this.#memory.state[at]!) >>> 0
      this.#memory.state[at] = now
      const bytes = this.newBytes(slot, side)
      this.countSide(slot, side, packets, bytes, true)
      this.#addRow(slot, side, packets, bytes)
    }
  }

  #addRow(slot: number, side: number, packets: number, bytes: number): void {
    const judged = this.#memory.slots[slot * WORDS + JUDGED]!
    const cell = cellOf(this.#base(slot), judged >>> (16 + 8 * side), judged & 3)
    if (packets > 0 && this.#totals.inHost[cell] !== 0) {
      this.#activity.add(2 * slot + side, packets, bytes)
    }
  }

  #base(slot: number): number {
    return this.#memory.state[slot * STATE + META]! >>> BASE_SHIFT
  }

  /**
   * Of what came, the dropped part goes to DROP and the rest to the verdict, or to PASS where the
   * verdict has just become DROP. A drop may be counted before its packet: it waits for it, unless
   * this is the last time.
   */
  countSide(slot: number, side: number, packets: number, bytes: number, last = false): void {
    this.#memory.state[slot * STATE + META]! |= DROPS
    const { slots, droppedPackets, droppedBytes } = this.#memory
    const at = slot * WORDS
    const judged = slots[at + JUDGED]!
    const path = judged >>> (16 + 8 * side)
    const mine = 2 * slot + side
    const newPackets = readU64(slots, at + DROPPED_PACKETS + 2 * side) - droppedPackets[mine]!
    const newBytes = readU64(slots, at + DROPPED_BYTES + 2 * side) - droppedBytes[mine]!
    const lostPackets = last ? newPackets : Math.min(newPackets, packets)
    const lostBytes = last ? newBytes : Math.min(newBytes, bytes)
    droppedPackets[mine]! += lostPackets
    droppedBytes[mine]! += lostBytes
    const base = this.#base(slot)
    const verdict = judged & 3
    this.#totals.add(cellOf(base, path, DROP), lostPackets, lostBytes)
    const rest = cellOf(base, path, verdict === DROP ? PASS : verdict)
    this.#totals.add(rest, packets - lostPackets, bytes - lostBytes)
  }

  /** Forgets everything about the slot's flow. */
  forget(slot: number): void {
    const { state, droppedPackets, droppedBytes } = this.#memory
    state.fill(0, slot * STATE, (slot + 1) * STATE)
    droppedPackets[2 * slot] = droppedPackets[2 * slot + 1] = 0
    droppedBytes[2 * slot] = droppedBytes[2 * slot + 1] = 0
  }
}
