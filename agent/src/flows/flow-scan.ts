/**
 * The scan: compares every slot with what was counted before, adds the difference to the totals,
 * decides what is reported and what ends. No object, no BigInt, no allocation per flow.
 */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { ENDS } from '@netscope/core/flow.ts'
import { PROTOCOL_CLASSES, SLOT_ORPHAN, VERDICTS } from '@netscope/core/slot.ts'
import type { Activity } from './activity.ts'
import { entryOf } from './address-table.ts'
import type { FlowAccounts } from './flow-accounts.ts'
import {
  BASE_SHIFT,
  CLASS_SHIFT,
  classOf,
  DROPS,
  DUE,
  END,
  EXPIRY,
  type FlowMemory,
  LIVE,
  META,
  RATED,
  REMOVED,
  SEEN_BYTES,
  SEEN_PACKETS,
  STATE,
} from './flow-memory.ts'
import type { FlowRemoval } from './flow-removal.ts'
import type { FlowReports } from './flow-reports.ts'
import { IdlePressure } from './idle-pressure.ts'
import { PublishPolicy } from './publish-policy.ts'
import {
  BYTES,
  FLAGS,
  IFINDEX,
  JUDGED,
  PACKETS,
  PROTOCOL,
  STATE_MASK,
  STATE_SHIFT,
  WORDS,
} from './slot-words.ts'
import { CELL, CELL_PACKETS, type Senders } from './source-counters.ts'
import { cellOf, protocolClass, type Totals } from './totals.ts'

/** An active flow is reported at least once in so many ticks. */
const REPORT_TICKS = 10
const DROP = VERDICTS.indexOf('DROP')
const [IDLE, CLOSED, RESET] = [ENDS.indexOf('idle'), ENDS.indexOf('closed'), ENDS.indexOf('reset')]
const TCP = PROTOCOL_CLASSES.indexOf('TCP')
const FIN_FLAG = 0x01
const RST_OF_EITHER = 0x0404

export interface ScanDeps {
  memory: FlowMemory
  totals: Totals
  activity: Activity
  accounts: FlowAccounts
  reports: FlowReports
  removal: FlowRemoval
  senders: Senders
}

export class FlowScan {
  /** Seconds of this tick and of the one before, from 1. */
  now = 1
  before = 1
  /** Number of this tick. */
  tick = 0
  /** Flows with an entry that can still grow. */
  live = 0
  /** Slots that lost an insert race, since start. */
  orphans = 0
  readonly policy: PublishPolicy
  readonly pressure: IdlePressure
  readonly #deps: ScanDeps
  /** Idle seconds by protocol class, and of closed TCP flows. */
  readonly #idle: Uint32Array
  readonly #linger: number

  constructor(config: FlowsSection, deps: ScanDeps) {
    this.#deps = deps
    const { tcpIdleSeconds: tcp, udpIdleSeconds: udp, icmpIdleSeconds: icmp } = config
    this.#idle = Uint32Array.of(tcp, udp, icmp, icmp, config.otherIdleSeconds)
    this.#linger = config.closedLingerSeconds
    this.policy = new PublishPolicy(config.liveUpdatesPerSecond)
    this.pressure = new IdlePressure(deps.memory.capacity)
  }

  /** Scans the slots [from, to), at most STRETCH; `activity` then holds what the IP window needs. */
  stretch(from: number, to: number): void {
    const { totals, activity, accounts, reports } = this.#deps
    const { slots, state } = this.#deps.memory
    const { cellPackets, cellBytes, inHost } = totals
    const { senderTag, cells, cellBytes: bytesOfCells } = this.#deps.senders
    const { policy, now } = this
    const { cutBytes, sampleMask } = policy
    const looksAtSilent = this.pressure.active
    let turn = (from + this.tick) % REPORT_TICKS
    let changed = 0
    for (
      let slot = from, at = from * WORDS, me = from * STATE;
      slot < to;
      slot++, at += WORDS, me += STATE
    ) {
      if (++turn === REPORT_TICKS) turn = 0
      let meta = state[me + META]!
      if ((meta & LIVE) === 0) {
        if (meta !== 0 || (slots[at + FLAGS]! & STATE_MASK) === 0) continue
        meta = this.#appear(slot)
        if (meta === 0) continue
      }
      const loNow = slots[at + PACKETS]!
      const hiNow = slots[at + PACKETS + 2]!
      const loPackets = (loNow - state[me + SEEN_PACKETS]!) >>> 0
      const hiPackets = (hiNow - state[me + SEEN_PACKETS + 1]!) >>> 0
      if ((loPackets | hiPackets) === 0) {
        if ((meta & RATED) !== 0 || state[me + EXPIRY]! <= now || looksAtSilent) {
          this.#silent(slot, turn === 0)
        }
        continue
      }
      changed++
      state[me + SEEN_PACKETS] = loNow
      state[me + SEEN_PACKETS + 1] = hiNow
      const loSum = slots[at + BYTES]!
      const hiSum = slots[at + BYTES + 2]!
      const loSeen = state[me + SEEN_BYTES]!
      const hiSeen = state[me + SEEN_BYTES + 1]!
      let loBytes = (loSum - loSeen) >>> 0
      let hiBytes = (hiSum - hiSeen) >>> 0
      state[me + SEEN_BYTES] = loSum
      state[me + SEEN_BYTES + 1] = hiSum
      // Below 4 GiB the low words tell; a low word that went back was read before its carry.
      const high = slots[at + BYTES + 1]! | slots[at + BYTES + 3]!
      if (high !== 0 || loSum < loSeen || hiSum < hiSeen) {
        loBytes = accounts.newBytes(slot, 0, loSeen)
        hiBytes = accounts.newBytes(slot, 1, hiSeen)
      }
      const judged = slots[at + JUDGED]!
      const verdict = judged & 3
      const base = meta >>> BASE_SHIFT
      const loCell = cellOf(base, judged >>> 16, verdict)
      const hiCell = cellOf(base, judged >>> 24, verdict)
      if (verdict === DROP || (meta & DROPS) !== 0) {
        accounts.countDropping(slot, loPackets, loBytes, hiPackets, hiBytes)
      } else {
        cellPackets[loCell]! += loPackets
        cellBytes[loCell]! += loBytes
        cellPackets[hiCell]! += hiPackets
        cellBytes[hiCell]! += hiBytes
      }
      if (loPackets !== 0 && inHost[loCell] !== 0) {
        const tag = senderTag[2 * slot]!
        const cell = CELL * entryOf(tag)
        if (cells[cell] === tag) {
          cells[cell + CELL_PACKETS]! += loPackets
          bytesOfCells[(cell >>> 1) + 1]! += loBytes
        } else activity.add(2 * slot, loPackets, loBytes)
      }
      if (hiPackets !== 0 && inHost[hiCell] !== 0) {
        const tag = senderTag[2 * slot + 1]!
        const cell = CELL * entryOf(tag)
        if (cells[cell] === tag) {
          cells[cell + CELL_PACKETS]! += hiPackets
          bytesOfCells[(cell >>> 1) + 1]! += hiBytes
        } else activity.add(2 * slot + 1, hiPackets, hiBytes)
      }
      state[me + EXPIRY] = 0
      const bytes = loBytes + hiBytes
      if ((slot & sampleMask) === 0) policy.note(bytes)
      if (turn === 0 || (meta & DUE) !== 0 || (bytes >= cutBytes && policy.isHeavy(bytes))) {
        reports.add(slot, loBytes, hiBytes)
      } else if ((meta & RATED) === 0) {
        state[me + META] = meta | RATED
      }
    }
    policy.changed += changed
  }

  /** A slot that the kernel has filled since the last tick; returns its META. */
  #appear(slot: number): number {
    const { memory, totals, removal } = this.#deps
    const at = slot * WORDS
    if ((memory.slots[at + FLAGS]! & STATE_MASK) >>> STATE_SHIFT === SLOT_ORPHAN) {
      this.orphans++
      removal.recycle(slot)
      return 0
    }
    const kind = protocolClass(memory.slots[at + PROTOCOL]! & 0xff)
    const base = totals.interfaceBase(memory.slots[at + IFINDEX]!) + kind
    const meta = (LIVE | DUE | (kind << CLASS_SHIFT) | (base << BASE_SHIFT)) >>> 0
    memory.state[slot * STATE + META] = meta
    this.live++
    return meta
  }

  #silent(slot: number, itsTurn: boolean): void {
    const { state } = this.#deps.memory
    const me = slot * STATE
    const meta = state[me + META]!
    // Its last packet was counted by the previous tick.
    if (state[me + EXPIRY] === 0) state[me + EXPIRY] = this.before + this.#timeout(slot)
    const expiry = state[me + EXPIRY]!
    const { pressure } = this
    if (
      expiry <= this.now ||
      (pressure.active && pressure.mustGo(this.now - (expiry - this.#timeout(slot))))
    ) {
      this.end(slot, this.#endOf(slot))
    } else if ((meta & RATED) !== 0 && (itsTurn || this.policy.quiet-- > 0)) {
      this.#deps.reports.add(slot, 0, 0)
    }
  }

  /** Seconds of silence that end the flow. */
  #timeout(slot: number): number {
    return this.#endOf(slot) === IDLE
      ? this.#idle[classOf(this.#deps.memory.state[slot * STATE + META]!)]!
      : this.#linger
  }

  /** How the flow ends when it falls silent: a TCP flow by its RST or the FIN of both sides. */
  #endOf(slot: number): number {
    const flags = this.#deps.memory.slots[slot * WORDS + FLAGS]!
    if (classOf(this.#deps.memory.state[slot * STATE + META]!) !== TCP) return IDLE
    if ((flags & RST_OF_EITHER) !== 0) return RESET
    return (flags & (flags >>> 8) & FIN_FLAG) !== 0 ? CLOSED : IDLE
  }

  /** Ends the flow: its key is removed, its last record follows once stragglers have counted. */
  end(slot: number, end: number): void {
    const { state } = this.#deps.memory
    state[slot * STATE + END] = end
    state[slot * STATE + META] = (state[slot * STATE + META]! & ~(LIVE | RATED | DUE)) | REMOVED
    this.live--
    this.#deps.removal.add(slot)
  }
}
