/**
 * Sums up the flows of a flood by victim, before the uplink: a million packets with forged sources become a record per
 * second. What is taken is never reported on its own before, so every packet is in one record. Flows that are answered,
 * completed or long are left alone, whatever their number.
 */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { PROTOCOL_CLASSES, VERDICTS } from '@netscope/core/slot.ts'
import type { Traffic } from '../source.ts'
import { hashAddress } from './address-hash.ts'
import {
  clientOf,
  floodKind,
  isOfAnyPort,
  NO_KIND,
  VICTIM_WORDS,
  writeVictim,
} from './flood-kind.ts'
import { FloodVictims, hashVictim, type Victim } from './flood-victims.ts'
import type { FlowMemory } from './flow-memory.ts'
import type { RecordSink } from './record-batch.ts'
import { LO_ADDRESS, WORDS } from './slot-words.ts'

/** Records that are offered at a time. */
const BATCH = 64
const CLASSES = PROTOCOL_CLASSES.length
const SOURCE_SEED = 0x1b873593

export class FloodCondenser {
  /** Flows that wait in sums whose record the uplink has refused. */
  waiting = 0
  readonly #perSecond: number
  readonly #slots: Uint32Array
  readonly #sink: RecordSink
  readonly #victims = new FloodVictims()
  readonly #key = new Uint32Array(VICTIM_WORDS)
  /** Packets without an entry so far by direction and class, and those of the tick before. */
  readonly #overflow = new Float64Array(2 * CLASSES)
  readonly #overflowBefore = new Float64Array(2 * CLASSES)
  readonly #bytes = new Uint8Array(BATCH * RECORD_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #batch: Victim[] = []
  #limit = 0

  /** `perSecond` 0: nothing is summed up. */
  constructor(perSecond: number, { slots }: Pick<FlowMemory, 'slots'>, sink: RecordSink) {
    this.#perSecond = perSecond
    this.#slots = slots
    this.#sink = sink
  }

  /** Begins a tick, `seconds` after the one before; `overflow` as a source tells it. */
  begin(seconds: number, overflow: readonly Traffic[]): void {
    this.#victims.begin(this.#limit, ({ key }) => isOfAnyPort(key))
    this.#limit = this.#perSecond * Math.max(1, seconds)
    this.#overflowBefore.set(this.#overflow)
    this.#overflow.fill(0)
    overflow.forEach(({ packets }, index) => {
      const direction = Math.floor(index / (VERDICTS.length * CLASSES))
      this.#overflow[direction * CLASSES + (index % CLASSES)]! += packets
    })
  }

  /** Takes the new flow in the slot, or leaves it to be reported. */
  takes(slot: number): boolean {
    const kind = floodKind(this.#slots, slot * WORDS)
    if (kind === NO_KIND || this.#perSecond === 0) return false
    return this.#takesAs(slot, kind, false) || this.#takesAs(slot, kind, true)
  }

  #takesAs(slot: number, kind: number, anyPort: boolean): boolean {
    const at = slot * WORDS
    const key = this.#key
    writeVictim(this.#slots, at, kind, anyPort, key)
    const hash = hashVictim(key)
    const count = this.#victims.count(hash, anyPort)
    let victim = this.#victims.find(key, hash)
    if (!victim && count > this.#limit) {
      victim = this.#victims.add(key, hash)
      if (victim) victim.overflowTold = this.#overflowBefore[victim.overflowIndex]!
    }
    if (!victim) return false
    const source = at + LO_ADDRESS + 4 * clientOf(this.#slots, at)
    victim.note(hashAddress(this.#slots, source, SOURCE_SEED))
    if (victim.isHot) return true
    return count > this.#limit && (!anyPort || victim.isCrowd())
  }

  /** Whether a flow that was taken still looks as it did. */
  keeps(slot: number): boolean {
    return floodKind(this.#slots, slot * WORDS) !== NO_KIND
  }

  /** Whether `add` will take the flow in the slot, which has ended. */
  canAdd(slot: number): boolean {
    return this.#victimOf(slot) !== undefined
  }

  /** Adds a flow that has ended to its victim's sums. */
  add(slot: number): void {
    const sums = this.#victimOf(slot)?.sums
    if (!sums) return
    sums.add(this.#slots, slot)
    this.waiting++
  }

  #victimOf(slot: number): Victim | undefined {
    const kind = floodKind(this.#slots, slot * WORDS)
    if (kind === NO_KIND) return undefined
    for (const anyPort of [false, true]) {
      writeVictim(this.#slots, slot * WORDS, kind, anyPort, this.#key)
      const victim = this.#victims.find(this.#key, hashVictim(this.#key))
      if (victim) return victim
    }
    return undefined
  }

  /** Offers a record of each victim that has sums; what is refused is kept. */
  send(): boolean {
    if (this.waiting === 0) return true
    for (const victim of this.#victims.all.values()) {
      if (victim.sums.flows === 0) continue
      this.#write(victim)
      if (this.#batch.length === BATCH && !this.#offer()) return false
    }
    return this.#offer()
  }

  #write(victim: Victim): void {
    const at = this.#batch.push(victim) - 1
    const overflow = this.#overflow[victim.overflowIndex]! - victim.overflowTold
    victim.sums.write(this.#view, at * RECORD_BYTES, victim.sources(), Math.max(0, overflow))
  }

  #offer(): boolean {
    const count = this.#batch.length
    const isAccepted =
      count === 0 || this.#sink(this.#bytes.subarray(0, count * RECORD_BYTES), count)
    if (isAccepted)
      for (const victim of this.#batch) {
        this.waiting -= victim.sums.flows
        victim.overflowTold = this.#overflow[victim.overflowIndex]!
        victim.sums.clear()
      }
    this.#batch.length = 0
    return isAccepted
  }
}
