/**
 * The scan: compares every slot with what was counted before, adds the difference to the totals and to
 * the senders, and reports flows. No object, no BigInt, no allocation per flow.
 */
import { PATH_LIMITED, VERDICTS } from '@netscope/core/slot.ts'
import { type Activity, STRETCH } from './activity.ts'
import { entryOf } from './address-table.ts'
import type { FlowAccounts } from './flow-accounts.ts'
import type { FlowLife } from './flow-life.ts'
import {
  BASE_SHIFT,
  DROPS,
  DUE,
  EXPIRY,
  type FlowMemory,
  FRESH,
  LIVE,
  META,
  RATED,
  SEEN_BYTES,
  SEEN_PACKETS,
  STATE,
  TAKEN,
} from './flow-memory.ts'
import type { FlowReports } from './flow-reports.ts'
import type { PublishPolicy } from './publish-policy.ts'
import { BYTES, FLAGS, JUDGED, PACKETS, STATE_MASK, WORDS } from './slot-words.ts'
import { CELL, CELL_PACKETS, type Senders } from './source-counters.ts'
import { cellOf, type Totals } from './totals.ts'

/** An active flow is reported at least once in so many ticks; a stretch has its turn as a whole. */
const REPORT_TICKS = 10
const DROP = VERDICTS.indexOf('DROP')
/** In the word JUDGED: a limit holds one of the senders. */
const LIMITED = (PATH_LIMITED << 16) | (PATH_LIMITED << 24)

export interface ScanDeps {
  memory: FlowMemory
  totals: Totals
  senders: Senders
  activity: Activity
  accounts: FlowAccounts
  life: FlowLife
  policy: PublishPolicy
  reports: FlowReports
}

/** Scans the slots [from, to), at most STRETCH, in tick number `tick`; fills `activity`. */
export type FlowScan = (from: number, to: number, tick: number) => void

/** A scan over these slots; everything that it touches per flow is an array of numbers. */
export const createFlowScan = (deps: ScanDeps): FlowScan => {
  const { memory, totals, senders, activity, accounts, life, policy, reports } = deps

  return (from, to, tick) => {
    const { slots, state } = memory
    const { cellPackets, cellBytes, inHost } = totals
    const { senderTag, cells, cellBytes: bytesOfCells } = senders
    const { cutBytes, sampleMask } = policy
    const { now } = life
    const looksAtSilent = life.pressure.active
    const place = Math.floor(from / STRETCH) + tick
    const itsTurn = place % REPORT_TICKS === 0
    const takesNotes = (place & sampleMask) === 0
    activity.touched = touch(slots, from * WORDS, to * WORDS, itsTurn)
    let changed = 0
    for (
      let slot = from, at = from * WORDS, me = from * STATE;
      slot < to;
      slot++, at += WORDS, me += STATE
    ) {
      let meta = state[me + META]!
      if ((meta & LIVE) === 0) {
        if (meta !== 0 || (slots[at + FLAGS]! & STATE_MASK) === 0) continue
        meta = life.appear(slot)
        if (meta === 0) continue
      }
      const loPackets = (slots[at + PACKETS]! - state[me + SEEN_PACKETS]!) >>> 0
      const hiPackets = (slots[at + PACKETS + 2]! - state[me + SEEN_PACKETS + 1]!) >>> 0
      if ((loPackets | hiPackets) === 0) {
        if ((meta & RATED) !== 0 || state[me + EXPIRY]! <= now || looksAtSilent) {
          life.silent(slot, itsTurn)
        }
        continue
      }
      changed++
      let loBytes = 0
      let hiBytes = 0
      const judged = slots[at + JUDGED]!
      const base = meta >>> BASE_SHIFT
      const verdict = judged & 3
      const isDropping = verdict === DROP || (meta & DROPS) !== 0 || (judged & LIMITED) !== 0
      // Twice the same, for what lo and what hi sent: a loop over both costs a quarter more.
      // Below 4 GiB the low word of the bytes tells; one that went back was read before its carry.
      if (loPackets !== 0) {
        state[me + SEEN_PACKETS]! += loPackets
        const low = slots[at + BYTES]!
        const seen = state[me + SEEN_BYTES]!
        loBytes = (low - seen) >>> 0
        if (slots[at + BYTES + 1] !== 0 || low < seen) loBytes = accounts.newBytes(slot, 0)
        else state[me + SEEN_BYTES] = low
        const cell = cellOf(base, judged >>> 16, verdict)
        if (isDropping) accounts.countSide(slot, 0, loPackets, loBytes)
        else {
          cellPackets[cell]! += loPackets
          cellBytes[cell]! += loBytes
        }
        if (inHost[cell] !== 0) {
          const tag = senderTag[2 * slot]!
          const source = CELL * entryOf(tag)
          if (cells[source] === tag) {
            cells[source + CELL_PACKETS]! += loPackets
            bytesOfCells[(source >>> 1) + 1]! += loBytes
          } else activity.add(2 * slot, loPackets, loBytes)
        }
      }
      if (hiPackets !== 0) {
        state[me + SEEN_PACKETS + 1]! += hiPackets
        const low = slots[at + BYTES + 2]!
        const seen = state[me + SEEN_BYTES + 1]!
        hiBytes = (low - seen) >>> 0
        if (slots[at + BYTES + 3] !== 0 || low < seen) hiBytes = accounts.newBytes(slot, 1)
        else state[me + SEEN_BYTES + 1] = low
        const cell = cellOf(base, judged >>> 24, verdict)
        if (isDropping) accounts.countSide(slot, 1, hiPackets, hiBytes)
        else {
          cellPackets[cell]! += hiPackets
          cellBytes[cell]! += hiBytes
        }
        if (inHost[cell] !== 0) {
          const tag = senderTag[2 * slot + 1]!
          const source = CELL * entryOf(tag)
          if (cells[source] === tag) {
            cells[source + CELL_PACKETS]! += hiPackets
            bytesOfCells[(source >>> 1) + 1]! += hiBytes
          } else activity.add(2 * slot + 1, hiPackets, hiBytes)
        }
      }
      state[me + EXPIRY] = 0
      if ((meta & (FRESH | TAKEN)) !== 0) {
        if (life.isTaken(slot)) continue
        meta = state[me + META]!
      }
      const bytes = loBytes + hiBytes
      if (takesNotes) policy.note(bytes)
      if (itsTurn || (meta & DUE) !== 0 || (bytes >= cutBytes && policy.isHeavy(bytes))) {
        reports.add(slot, loBytes, hiBytes)
      } else if ((meta & RATED) === 0) {
        state[me + META] = meta | RATED
      }
    }
    policy.changed += changed
  }
}

/** Words of a cache line. */
const LINE = 16

/**
 * Brings the slots into the cache: many loads at a time, where the scan would wait for one after the
 * other. All three lines of a slot where it will be copied. The result only keeps the loads alive.
 */
const touch = (slots: Uint32Array, from: number, to: number, wholly: boolean): number => {
  let any = 0
  const step = wholly ? LINE : WORDS
  for (let at = from; at < to; at += step) any |= slots[at]!
  return any
}
