/** How flows begin, fall silent and end. */
import type { FlowsSection } from '@netscope/core/config/flows.ts'
import { ENDS } from '@netscope/core/flow-record.ts'
import { PROTOCOL_CLASSES, SLOT_ORPHAN } from '@netscope/core/slot.ts'
import {
  BASE_SHIFT,
  CLASS_SHIFT,
  classOf,
  DUE,
  END,
  EXPIRY,
  type FlowMemory,
  LIVE,
  META,
  RATED,
  REMOVED,
  STATE,
} from './flow-memory.ts'
import type { FlowRemoval } from './flow-removal.ts'
import type { FlowReports } from './flow-reports.ts'
import { IdlePressure } from './idle-pressure.ts'
import { FLAGS, IFINDEX, PROTOCOL, STATE_MASK, STATE_SHIFT, WORDS } from './slot-words.ts'
import { protocolClass, type Totals } from './totals.ts'

const [IDLE, CLOSED, RESET] = [ENDS.indexOf('idle'), ENDS.indexOf('closed'), ENDS.indexOf('reset')]
const TCP = PROTOCOL_CLASSES.indexOf('TCP')
const FIN_FLAG = 0x01
const RST_OF_EITHER = 0x0404

export interface LifeDeps {
  memory: FlowMemory
  totals: Totals
  reports: FlowReports
  removal: FlowRemoval
}

export class FlowLife {
  /** Seconds of this tick and of the one before, from 1. */
  now = 1
  before = 1
  /** Flows with an entry that can still grow. */
  live = 0
  /** Slots that lost an insert race, since start. */
  orphans = 0
  /** Last reports of silent flows before their turn that are left in this tick. */
  quiet = 0
  readonly pressure: IdlePressure
  readonly #deps: LifeDeps
  /** Idle seconds by protocol class, and of closed TCP flows. */
  readonly #idle: Uint32Array
  readonly #linger: number

  constructor(config: FlowsSection, deps: LifeDeps) {
    this.#deps = deps
    const { tcpIdleSeconds: tcp, udpIdleSeconds: udp, icmpIdleSeconds: icmp } = config
    this.#idle = Uint32Array.of(tcp, udp, icmp, icmp, config.otherIdleSeconds)
    this.#linger = config.closedLingerSeconds
    this.pressure = new IdlePressure(deps.memory.capacity)
  }

  /** A slot that the kernel has filled since the last tick; returns its META, 0 when it has no flow. */
  appear(slot: number): number {
    const { memory, totals, removal } = this.#deps
    const at = slot * WORDS
    if ((memory.slots[at + FLAGS]! & STATE_MASK) >>> STATE_SHIFT === SLOT_ORPHAN) {
      this.orphans++
      removal.recycle(slot)
      return 0
    }
    const kind = protocolClass(memory.slots[at + PROTOCOL]! & 0xff)
    const base = totals.interfaceBase(memory.slots[at + IFINDEX]!) + kind
    this.live++
    const meta = (LIVE | DUE | (kind << CLASS_SHIFT) | (base << BASE_SHIFT)) >>> 0
    memory.state[slot * STATE + META] = meta
    return meta
  }

  /** A flow that has not moved since the last tick. */
  silent(slot: number, itsTurn: boolean): void {
    const { state } = this.#deps.memory
    const me = slot * STATE
    // Its last packet was counted by the previous tick.
    if (state[me + EXPIRY] === 0) state[me + EXPIRY] = this.before + this.#timeout(slot)
    const expiry = state[me + EXPIRY]!
    const { pressure } = this
    if (
      expiry <= this.now ||
      (pressure.active && pressure.mustGo(this.now - (expiry - this.#timeout(slot))))
    ) {
      this.end(slot, this.#endOf(slot))
    } else if ((state[me + META]! & DUE) !== 0) {
      this.#deps.reports.add(slot, 0, 0)
    } else if ((state[me + META]! & RATED) !== 0 && (itsTurn || this.quiet-- > 0)) {
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
