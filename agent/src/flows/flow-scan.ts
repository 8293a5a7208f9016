/**
 * The scan: compares every slot with what was counted before, adds the difference to the totals,
 * decides what is reported and what ends. No object, no BigInt, no allocation per flow.
 */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { ENDS } from '@netscope/core/flow.ts'
import { SLOT_ORPHAN, VERDICTS } from '@netscope/core/slot.ts'
import { Activity } from './activity.ts'
import { CLASS_SHIFT, DROPS, LIVE, RATED, REMOVED, type FlowMemory } from './flow-memory.ts'
import type { FlowRemoval } from './flow-removal.ts'
import { IdlePressure } from './idle-pressure.ts'
import { PublishPolicy } from './publish-policy.ts'
import { BATCH_RECORDS, type RecordBatch } from './record-batch.ts'
import {
  BYTES, DROPPED_BYTES, DROPPED_PACKETS, FLAGS, IFINDEX, JUDGED, PACKETS, PROTOCOL, readU64,
  STATE_MASK, STATE_SHIFT, U32, WORDS,
} from './slot-words.ts'
import { cellOf, protocolClass, type Totals } from './totals.ts'

/** An active flow is reported at least this often, in seconds. */
const REPORT_SECONDS = 10
/** First reports are spread over this many seconds, a power of two, so that the next ones are too. */
const SPREAD = 8
const DROP = VERDICTS.indexOf('DROP')
const PASS = VERDICTS.indexOf('PASS')
const [IDLE, CLOSED, RESET] = [ENDS.indexOf('idle'), ENDS.indexOf('closed'), ENDS.indexOf('reset')]
const FIN_FLAG = 0x01
const SYN_OF_EITHER = 0x0202
const RST_OF_EITHER = 0x0404

export interface ScanDeps {
  memory: FlowMemory
  totals: Totals
  batch: RecordBatch
  removal: FlowRemoval
}

export class FlowScan {
  /** Second of this tick, at least REPORT_SECONDS + SPREAD so that 0 always means due. */
  now = 0
  /** Seconds since the last tick, for rates. */
  interval = 1
  /** The uplink refused a batch: nothing more is offered in this tick. */
  blocked = false
  /** A listener that knows no flow waits for all of them. */
  republishing = false
  /** Flows with an entry that can still grow. */
  live = 0
  /** Slots that lost an insert race, since start. */
  orphans = 0
  readonly activity = new Activity()
  readonly policy: PublishPolicy
  readonly pressure: IdlePressure
  readonly #memory: FlowMemory
  readonly #totals: Totals
  readonly #batch: RecordBatch
  readonly #removal: FlowRemoval
  /** Idle seconds by protocol class. */
  readonly #idle: Uint32Array
  readonly #linger: number
  #delta0 = 0
  #delta1 = 0

  constructor(config: FlowsSection, deps: ScanDeps) {
    this.#memory = deps.memory
    this.#totals = deps.totals
    this.#batch = deps.batch
    this.#removal = deps.removal
    const { tcpIdleSeconds, udpIdleSeconds, icmpIdleSeconds, otherIdleSeconds } = config
    this.#idle = Uint32Array.of(
      tcpIdleSeconds, udpIdleSeconds, icmpIdleSeconds, icmpIdleSeconds, otherIdleSeconds,
    )
    this.#linger = config.closedLingerSeconds
    this.policy = new PublishPolicy(config.liveUpdatesPerSecond)
    this.pressure = new IdlePressure(deps.memory.capacity)
  }

  /** Scans the slots [from, to), at most STRETCH; `activity` then holds what the IP window needs. */
  stretch(from: number, to: number): void {
    const { slots, phase, packets, bytes, base, expiry, published } = this.#memory
    const { cellPackets, cellBytes, inHost } = this.#totals
    const { activity, policy, now } = this
    const looksAtSilent = this.pressure.active
    for (let slot = from; slot < to; slot++) {
      const at = slot * WORDS
      let state = phase[slot]!
      if ((state & LIVE) === 0) {
        if (state !== 0 || (slots[at + FLAGS]! & STATE_MASK) === 0) continue
        state = this.#appear(slot)
        if (state === 0) continue
      }
      const lo = 2 * slot
      const hi = lo + 1
      const loPackets = (slots[at + PACKETS]! - packets[lo]!) >>> 0
      const hiPackets = (slots[at + PACKETS + 2]! - packets[hi]!) >>> 0
      if (loPackets + hiPackets === 0) {
        if ((state & RATED) !== 0 || expiry[slot]! <= now || looksAtSilent) this.#silent(slot)
        continue
      }
      let loBytes = slots[at + BYTES]! + slots[at + BYTES + 1]! * U32 - bytes[lo]!
      let hiBytes = slots[at + BYTES + 2]! + slots[at + BYTES + 3]! * U32 - bytes[hi]!
      // Out of this range either the two words were read while the carry moved, or it is real.
      if (loBytes < 0 || loBytes >= U32 || hiBytes < 0 || hiBytes >= U32) {
        this.#readBytes(slot)
        loBytes = this.#delta0
        hiBytes = this.#delta1
      }
      packets[lo]! += loPackets
      packets[hi]! += hiPackets
      bytes[lo]! += loBytes
      bytes[hi]! += hiBytes
      const judged = slots[at + JUDGED]!
      const verdict = judged & 3
      const loCell = cellOf(base[slot]!, judged >>> 16, verdict)
      const hiCell = cellOf(base[slot]!, judged >>> 24, verdict)
      if (verdict === DROP || (state & DROPS) !== 0) {
        this.#countDropping(slot, loPackets, loBytes, hiPackets, hiBytes)
      } else {
        cellPackets[loCell]! += loPackets
        cellBytes[loCell]! += loBytes
        cellPackets[hiCell]! += hiPackets
        cellBytes[hiCell]! += hiBytes
      }
      if (loPackets !== 0 && inHost[loCell] !== 0) {
        const row = activity.count++
        activity.sender[row] = lo
        activity.packets[row] = loPackets
        activity.bytes[row] = loBytes
      }
      if (hiPackets !== 0 && inHost[hiCell] !== 0) {
        const row = activity.count++
        activity.sender[row] = hi
        activity.packets[row] = hiPackets
        activity.bytes[row] = hiBytes
      }
      const kind = state >>> CLASS_SHIFT
      const flags = slots[at + FLAGS]!
      expiry[slot] = now + (kind === 0 && isClosed(flags) ? this.#linger : this.#idle[kind]!)
      const heavy = policy.isHeavy(loBytes + hiBytes)
      if (heavy || now - published[slot]! >= REPORT_SECONDS) this.#report(slot, loBytes, hiBytes)
    }
  }

  /** A slot that the kernel has filled since the last tick; returns its phase. */
  #appear(slot: number): number {
    const { slots, phase, base, expiry } = this.#memory
    const at = slot * WORDS
    if ((slots[at + FLAGS]! & STATE_MASK) >>> STATE_SHIFT === SLOT_ORPHAN) {
      this.orphans++
      this.#removal.recycle(slot)
      return 0
    }
    const kind = protocolClass(slots[at + PROTOCOL]! & 0xff)
    base[slot] = this.#totals.interfaceBase(slots[at + IFINDEX]!) + kind
    expiry[slot] = this.now + this.#idle[kind]!
    this.live++
    return (phase[slot] = LIVE | (kind << CLASS_SHIFT))
  }

  #readBytes(slot: number): void {
    const { slots, bytes } = this.#memory
    const at = slot * WORDS + BYTES
    this.#delta0 = readU64(slots, at) - bytes[2 * slot]!
    this.#delta1 = readU64(slots, at + 2) - bytes[2 * slot + 1]!
  }

  #silent(slot: number): void {
    const { phase, expiry, slots } = this.#memory
    if (expiry[slot]! <= this.now) return this.end(slot, this.#endOf(slot))
    if (this.pressure.active) {
      const kind = phase[slot]! >>> CLASS_SHIFT
      const closed = kind === 0 && isClosed(slots[slot * WORDS + FLAGS]!)
      const timeout = closed ? this.#linger : this.#idle[kind]!
      if (this.pressure.mustGo(this.now - (expiry[slot]! - timeout))) {
        return this.end(slot, this.#endOf(slot))
      }
    }
    if ((phase[slot]! & RATED) !== 0 && this.policy.quiet > 0) {
      this.policy.quiet--
      this.#report(slot, 0, 0)
    }
  }

  #endOf(slot: number): number {
    const flags = this.#memory.slots[slot * WORDS + FLAGS]!
    if (this.#memory.phase[slot]! >>> CLASS_SHIFT !== 0 || !isClosed(flags)) return IDLE
    return (flags & RST_OF_EITHER) === 0 ? CLOSED : RESET
  }

  /** Ends the flow: its key is removed, its last record follows once stragglers have counted. */
  end(slot: number, end: number): void {
    this.#memory.end[slot] = end
    this.#memory.phase[slot] = (this.#memory.phase[slot]! & ~(LIVE | RATED)) | REMOVED
    this.live--
    this.#removal.add(slot)
  }

  #report(slot: number, loBytes: number, hiBytes: number): void {
    if (this.blocked) return
    const { phase, published, slots } = this.#memory
    const state = phase[slot]!
    if (state >>> CLASS_SHIFT === 0 && (slots[slot * WORDS + FLAGS]! & SYN_OF_EITHER) !== 0) {
      this.activity.handshakeSlot[this.activity.handshakes++] = slot
    }
    this.#batch.add(slot, 0, loBytes / this.interval, hiBytes / this.interval)
    phase[slot] = loBytes + hiBytes > 0 ? state | RATED : state & ~RATED
    published[slot] = published[slot] === 0 ? this.now - (slot & (SPREAD - 1)) : this.now
    if (this.#batch.count === BATCH_RECORDS) this.send()
  }

  /** Offers the gathered records; what is refused is due again. */
  send(): void {
    const { count } = this.#batch
    if (this.#batch.send()) return
    this.blocked = true
    const { phase, published } = this.#memory
    for (let i = 0; i < count; i++) {
      const slot = this.#batch.slotAt(i)
      published[slot] = 0
      if ((phase[slot]! & LIVE) !== 0) phase[slot]! |= RATED
    }
  }

  /** All live flows are reported in the next ticks: whoever listens knows none of them. */
  republish(): void {
    const { phase, published, capacity } = this.#memory
    for (let slot = 0; slot < capacity; slot++) {
      if ((phase[slot]! & LIVE) === 0) continue
      phase[slot]! |= RATED
      published[slot] = 0
    }
    this.republishing = true
  }

  /** Counts what came since the last look at a removed flow, whose slot no longer moves. */
  settle(slot: number): void {
    const { slots, packets, phase } = this.#memory
    const at = slot * WORDS
    const loPackets = (slots[at + PACKETS]! - packets[2 * slot]!) >>> 0
    const hiPackets = (slots[at + PACKETS + 2]! - packets[2 * slot + 1]!) >>> 0
    this.#readBytes(slot)
    const [loBytes, hiBytes] = [this.#delta0, this.#delta1]
    packets[2 * slot]! += loPackets
    packets[2 * slot + 1]! += hiPackets
    this.#memory.bytes[2 * slot]! += loBytes
    this.#memory.bytes[2 * slot + 1]! += hiBytes
    this.#countDropping(slot, loPackets, loBytes, hiPackets, hiBytes, true)
    this.#row(slot, 0, loPackets, loBytes)
    this.#row(slot, 1, hiPackets, hiBytes)
    if (phase[slot]! >>> CLASS_SHIFT === 0) {
      this.activity.handshakeSlot[this.activity.handshakes++] = slot
    }
  }

  #row(slot: number, side: number, packets: number, bytes: number): void {
    const judged = this.#memory.slots[slot * WORDS + JUDGED]!
    const cell = cellOf(this.#memory.base[slot]!, judged >>> (16 + 8 * side), judged & 3)
    if (packets === 0 || this.#totals.inHost[cell] === 0) return
    const row = this.activity.count++
    this.activity.sender[row] = 2 * slot + side
    this.activity.packets[row] = packets
    this.activity.bytes[row] = bytes
  }

  #countDropping(
    slot: number, loPackets: number, loBytes: number, hiPackets: number, hiBytes: number, last = false,
  ): void {
    this.#memory.phase[slot]! |= DROPS
    this.#countSide(slot, 0, loPackets, loBytes, last)
    this.#countSide(slot, 1, hiPackets, hiBytes, last)
  }

  /**
   * Of what came, the dropped part goes to DROP and the rest to the verdict, or to PASS where the
   * verdict has just become DROP. A drop may be counted before its packet: it waits for it, unless
   * this is the last time.
   */
  #countSide(slot: number, side: number, packets: number, bytes: number, last: boolean): void {
    const { slots, base, droppedPackets, droppedBytes } = this.#memory
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
    const dropCell = cellOf(base[slot]!, path, DROP)
    const restCell = cellOf(base[slot]!, path, (judged & 3) === DROP ? PASS : judged & 3)
    const { cellPackets, cellBytes } = this.#totals
    cellPackets[dropCell]! += lostPackets
    cellBytes[dropCell]! += lostBytes
    cellPackets[restCell]! += packets - lostPackets
    cellBytes[restCell]! += bytes - lostBytes
  }
}

/** TCP: a RST was seen, or a FIN of both sides. */
const isClosed = (flags: number): boolean =>
  (flags & RST_OF_EITHER) !== 0 || (flags & (flags >>> 8) & FIN_FLAG) !== 0
