/** Sums over the flows of a flood, and the record that they become: a summary (core/src/flow-record.ts). */
import { ENRICHMENT, ENRICHMENT_SUMMARY } from '@netscope/core/enrichment.ts'
import {
  ENDS,
  RECORD_BYTES,
  RECORD_ENRICHMENT,
  RECORD_HEADER_BYTES,
  SUMMARY,
} from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { clientOf, portOf } from './flood-kind.ts'
import {
  BYTES,
  DROPPED_BYTES,
  DROPPED_PACKETS,
  FLAGS,
  JUDGED,
  KEY_AT,
  KEY_WORDS,
  LO_ADDRESS,
  PACKETS,
  readU64,
  SYN,
  U32,
  WORDS,
} from './slot-words.ts'

/** Pairs of u64 and of u32 in a slot, which are summed by side: what the client sent first. */
const WIDE = [PACKETS, BYTES, DROPPED_PACKETS, DROPPED_BYTES]
/** SYN, SYN-ACK, FIN, RST: one pair after the other. */
const NARROW = 4
const SIDES = 2 * (WIDE.length + NARROW)
const [FIRST_NS, LAST_NS] = [SLOT.firstNs / 4, SLOT.lastNs / 4]
const IDLE = ENDS.indexOf('idle')
const U32_MOST = 0xffffffff
/** Of an IPv4 address in 16 bytes: `::ffff:0:0`, as this machine reads it. */
const MAPPED = 0xffff0000

export class FloodSums {
  flows = 0
  #slot = 0
  readonly #sums = new Float64Array(SIDES)
  /** First and last packet, by side; 0: none. */
  readonly #first = new Float64Array(2)
  readonly #last = new Float64Array(2)
  readonly #flags = new Uint8Array(2)
  /** Key, verdict and path of the last flow. */
  readonly #key = new Uint32Array(KEY_WORDS)
  #client: 0 | 1 = 0
  #verdict = 0
  readonly #path = new Uint8Array(2)
  /** What all flows have in common. */
  #oneSource = true
  readonly #onePort = [true, true]

  /** Adds the flow in `slot`, which no longer moves. */
  add(slots: Uint32Array, slot: number): void {
    const at = slot * WORDS
    const client = clientOf(slots, at)
    this.#compare(slots, at, client)
    this.flows++
    this.#slot = slot
    this.#client = client
    for (let i = 0; i < KEY_WORDS; i++) this.#key[i] = slots[at + KEY_AT + i]!
    const judged = slots[at + JUDGED]!
    this.#verdict = judged & 3
    for (let side = 0; side < 2; side++)
      this.#addSide(slots, at, side, side === 0 ? client : 1 - client)
  }

  #addSide(slots: Uint32Array, at: number, side: number, from: number): void {
    const sums = this.#sums
    for (let i = 0; i < WIDE.length; i++)
      sums[2 * i + side]! += readU64(slots, at + WIDE[i]! + 2 * from)
    for (let i = 0; i < NARROW; i++)
      sums[2 * (WIDE.length + i) + side]! += slots[at + SYN + 2 * i + from]!
    this.#flags[side]! |= (slots[at + FLAGS]! >>> (8 * from)) & 0xff
    this.#path[side]! |= (slots[at + JUDGED]! >>> (16 + 8 * from)) & 0xff
    const first = readU64(slots, at + FIRST_NS + 2 * from)
    if (first > 0 && (this.#first[side] === 0 || first < this.#first[side]!))
      this.#first[side] = first
    this.#last[side] = Math.max(this.#last[side]!, readU64(slots, at + LAST_NS + 2 * from))
  }

  #compare(slots: Uint32Array, at: number, client: 0 | 1): void {
    if (this.flows === 0) return
    const before = this.#client
    if (this.#oneSource)
      for (let i = 0; i < 4; i++)
        if (slots[at + LO_ADDRESS + 4 * client + i] !== this.#key[4 * before + i])
          this.#oneSource = false
    const one = this.#onePort
    for (let side: 0 | 1 = 0; side < 2; side++) {
      const from = side === 0 ? client : 1 - client
      const port =
        (this.#key[KEY.loPort / 4]! >>> (16 * (side === 0 ? before : 1 - before))) & 0xffff
      if (portOf(slots, at, from === 0 ? 0 : 1) !== port) one[side] = false
    }
  }

  clear(): void {
    this.flows = 0
    for (const array of [this.#sums, this.#first, this.#last, this.#flags, this.#path])
      array.fill(0)
    this.#oneSource = this.#onePort[0] = this.#onePort[1] = true
  }

  /** Writes the record to byte `at`; it bears the slot of the last flow, which has ended with it. */
  write(view: DataView, at: number, sources: number, overflow: number): void {
    const slot = at + RECORD_HEADER_BYTES
    new Uint8Array(view.buffer, view.byteOffset + at, RECORD_BYTES).fill(0)
    view.setUint32(at, this.#slot, true)
    view.setUint32(at + 4, IDLE, true)
    const client = this.#oneSource ? this.#client : 0
    view.setUint8(slot + SLOT.client, client)
    view.setUint8(slot + SLOT.verdict, this.#verdict)
    view.setUint32(slot + SUMMARY.flows, Math.min(this.flows, U32_MOST), true)
    view.setUint32(slot + SUMMARY.overflow, Math.min(overflow, U32_MOST), true)
    for (let side = 0; side < 2; side++)
      this.#writeSide(view, slot, side, side === 0 ? client : 1 - client)
    this.#writeKey(view, slot + SLOT.key, client)
    const enrichment = at + RECORD_ENRICHMENT
    view.setUint8(enrichment + ENRICHMENT.flags, ENRICHMENT_SUMMARY)
    view.setUint32(enrichment + ENRICHMENT.sources, sources, true)
  }

  #writeSide(view: DataView, slot: number, side: number, to: number): void {
    const set64 = (word: number, value: number): void => {
      view.setUint32(slot + 4 * word + 8 * to, value % U32, true)
      view.setUint32(slot + 4 * word + 8 * to + 4, value / U32, true)
    }
    for (let i = 0; i < WIDE.length; i++) set64(WIDE[i]!, this.#sums[2 * i + side]!)
    set64(FIRST_NS, this.#first[side]!)
    set64(LAST_NS, this.#last[side]!)
    for (let i = 0; i < NARROW; i++) {
      const value = Math.min(this.#sums[2 * (WIDE.length + i) + side]!, U32_MOST)
      view.setUint32(slot + SLOT.syn + 8 * i + 4 * to, value, true)
    }
    view.setUint8(slot + SLOT.tcpFlags + to, this.#flags[side]!)
    view.setUint8(slot + SLOT.path + to, this.#path[side]!)
  }

  #writeKey(view: DataView, key: number, client: number): void {
    const words = this.#key
    for (let i = 0; i < KEY_WORDS; i++) view.setUint32(key + 4 * i, words[i]!, true)
    const ports = words[KEY.loPort / 4]!
    for (let side = 0; side < 2; side++) {
      const from = side === 0 ? this.#client : 1 - this.#client
      const to = side === 0 ? client : 1 - client
      const port = this.#onePort[side] === true ? (ports >>> (16 * from)) & 0xffff : 0
      view.setUint16(key + KEY.loPort + 2 * to, port, true)
    }
    if (this.#oneSource) return
    // Nobody in particular: the lowest address there is, which is the lower endpoint's.
    const victim = 4 * (1 - this.#client)
    const isV4 = words[victim] === 0 && words[victim + 1] === 0 && words[victim + 2] === MAPPED
    for (let i = 0; i < 4; i++) {
      view.setUint32(key + KEY.loAddr + 4 * i, i === 2 && isV4 ? MAPPED : 0, true)
      view.setUint32(key + KEY.hiAddr + 4 * i, words[victim + i]!, true)
    }
  }
}
