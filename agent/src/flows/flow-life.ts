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
  FRESH,
  LIVE,
  META,
  RATED,
  REMOVED,
  STATE,
  TAKEN,
} from './flow-memory.ts'
import type { FloodCondenser } from './flood-condenser.ts'
import { floodKind, NO_KIND } from './flood-kind.ts'
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
  condenser: Pick<FloodCondenser, 'takes' | 'keeps'>
}

/** Of a table that is used less than this part, flows of a flood wait for an answer this long, else the shorter time. */
const ROOMY = 0.25
const [TAKEN_SECONDS, TAKEN_SECONDS_SHORT] = [3, 1]
/** In a table that is nearly full the silence of a flow that came to nothing counts so many times. */
const NOTHING_WEIGHT = 8

export class FlowLife {
  /** Seconds of this tick and of the one before, from 1. */
  now = 1
  before = 1
  /** Flows with an entry that can still grow. */
  live = 0
  /** Of these, those that the condenser has taken. */
  taken = 0
  /** Slots that lost an insert race, since start. */
  orphans = 0
  /** Last reports of silent flows before their turn that are left in this tick. */
  quiet = 0
  /** Seconds of silence that end a flow which the condenser has taken. */
  takenSeconds = TAKEN_SECONDS
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

  /** Begins a tick in which `used` slots are not free. */
  begin(used: number): void {
    const isRoomy = used < ROOMY * this.#deps.memory.capacity
    this.takenSeconds = isRoomy ? TAKEN_SECONDS : TAKEN_SECONDS_SHORT
    // Those that the condenser has go anyway: nothing else has to make room for them.
    this.pressure.begin(this.live - this.taken)
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
    const meta = (LIVE | DUE | FRESH | (kind << CLASS_SHIFT) | (base << BASE_SHIFT)) >>> 0
    memory.state[slot * STATE + META] = meta
    return meta
  }

  /**
   * Whether the condenser has the flow, which has moved: it takes it when it first moves and has not been reported, and
   * gives it back, due for a report, when it gets an answer or goes on.
   */
  isTaken(slot: number): boolean {
    const { memory, condenser } = this.#deps
    const at = slot * STATE + META
    const meta = memory.state[at]!
    if ((meta & FRESH) !== 0) {
      memory.state[at] = meta & ~FRESH
      if ((meta & DUE) === 0 || !condenser.takes(slot)) return false
      memory.state[at] = (meta & ~(FRESH | DUE | RATED)) | TAKEN
      this.taken++
      return true
    }
    if (condenser.keeps(slot)) return true
    memory.state[at] = (meta & ~TAKEN) | DUE
    this.taken--
    return false
  }

  /** A flow that has not moved since the last tick. */
  silent(slot: number, itsTurn: boolean): void {
    const { state } = this.#deps.memory
    const me = slot * STATE
    // Its last packet was counted by the previous tick.
    if (state[me + EXPIRY] === 0) state[me + EXPIRY] = this.before + this.#timeout(slot)
    const expiry = state[me + EXPIRY]!
    if (expiry <= this.now || this.#isInTheWay(slot, expiry)) {
      this.end(slot, this.#endOf(slot))
    } else if ((state[me + META]! & DUE) !== 0) {
      this.#deps.reports.add(slot, 0, 0)
    } else if ((state[me + META]! & RATED) !== 0 && (itsTurn || this.quiet-- > 0)) {
      this.#deps.reports.add(slot, 0, 0)
    }
  }

  #isInTheWay(slot: number, expiry: number): boolean {
    const { pressure } = this
    const { slots, state } = this.#deps.memory
    // Taken ones go by themselves within seconds.
    if (!pressure.active || (state[slot * STATE + META]! & TAKEN) !== 0) return false
    const age = this.now - (expiry - this.#timeout(slot))
    return pressure.mustGo(floodKind(slots, slot * WORDS) === NO_KIND ? age : NOTHING_WEIGHT * age)
  }

  /** Seconds of silence that end the flow. */
  #timeout(slot: number): number {
    if ((this.#deps.memory.state[slot * STATE + META]! & TAKEN) !== 0) return this.takenSeconds
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
    if ((state[slot * STATE + META]! & TAKEN) !== 0) this.taken--
    state[slot * STATE + META] =
      (state[slot * STATE + META]! & ~(LIVE | RATED | DUE | FRESH)) | REMOVED
    this.live--
    this.#deps.removal.add(slot)
  }
}
