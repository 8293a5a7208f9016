/**
 * What each source address sent in the last 60 s, for a bounded number of addresses. When all entries
 * are taken, a newcomer must have sent more than the weakest of a sample to replace it, so that
 * spoofed one-packet sources never push out a talker.
 */
import { formatAddress } from '@netscope/core/address.ts'
import type { IpActivity } from '@netscope/core/status.ts'
import type { Activity } from './activity.ts'
import { AddressTable, entryOf, NO_TAG, STALE_BIT } from './address-table.ts'
import { DistinctEstimate } from './distinct-estimate.ts'
import { PacketSketch } from './packet-sketch.ts'
import { PERIOD_SECONDS as PORT_SECONDS, PortPairs } from './port-pairs.ts'
import { LO_ADDRESS, PORTS, PROTOCOL, SYN, SYN_ACK, WORDS } from './slot-words.ts'
import {
  CELL,
  CELL_PACKETS,
  PERIOD_SECONDS,
  PERIODS,
  type Senders,
  SourceCounters,
} from './source-counters.ts'

/** Entries looked at for one to replace. */
const SAMPLE = 8
/** A flow whose source has no entry asks again once in so many seconds. */
const RETRY_SECONDS = 8
const HAS_PORTS = Uint8Array.from({ length: 256 }, (_, protocol) =>
  [6, 17, 132].includes(protocol) ? 1 : 0,
)

export interface IpWindowConfig {
  maxAddresses: number
  /** Seeds the hash, so that tests repeat. */
  seed?: number
}

export class IpWindow {
  readonly #slots: Uint32Array
  readonly #counters: SourceCounters
  readonly #table: AddressTable
  readonly #ports: PortPairs
  readonly #sketch = new PacketSketch()
  readonly #absent = new DistinctEstimate(PERIODS)
  /** Periods until all addresses without an entry have left the window. */
  #absentPeriods = 0
  readonly senders: Senders
  /** Per slot: SYN of lo and hi, SYN-ACK of lo and hi that were counted. */
  readonly #handshakes: Uint32Array
  readonly #view: DataView
  #firstSecond = -1
  #now = 0
  #hand = 0

  /** `slots` is the flow table's memory, `capacity` its number of entries. */
  constructor(config: IpWindowConfig, slots: Uint32Array, capacity: number) {
    const max = config.maxAddresses
    this.#slots = slots
    this.#counters = new SourceCounters(max)
    const seed = config.seed ?? (Math.random() * 2 ** 32) >>> 0
    this.#table = new AddressTable(max, seed, this.#counters.cells, CELL)
    this.#ports = new PortPairs(max)
    const { cells, cellBytes } = this.#counters
    this.senders = { senderTag: new Uint32Array(2 * capacity), cells, cellBytes }
    this.#handshakes = new Uint32Array(4 * capacity)
    this.#view = new DataView(this.#table.words.buffer)
  }

  /** Moves the window to second `second` of the source's clock. */
  advance(second: number): void {
    if (this.#firstSecond < 0) this.#firstSecond = this.#now = second
    const now = Math.max(this.#now, second)
    const passed = Math.floor(now / PERIOD_SECONDS) - Math.floor(this.#now / PERIOD_SECONDS)
    for (let i = 0; i < Math.min(passed, PERIODS); i++) this.#rotate()
    this.#ports.advance(now, (entry) => this.#counters.cells[CELL * entry]!)
    for (; this.#now < now; this.#now++) {
      if (now - this.#now <= PORT_SECONDS) this.#makeStale(this.#now % PORT_SECONDS)
    }
  }

  /** A part of the senders is taken through #admit again, so that each notes its port once per period. */
  #makeStale(part: number): void {
    const { senderTag } = this.senders
    const size = Math.ceil(senderTag.length / PORT_SECONDS)
    const end = Math.min((part + 1) * size, senderTag.length)
    for (let sender = part * size; sender < end; sender++) {
      if (senderTag[sender] !== 0) senderTag[sender]! |= STALE_BIT
    }
  }

  #rotate(): void {
    this.#counters.rotate(this.#table.end, (entry) => this.#release(entry))
    this.#absent.rotate()
    this.#sketch.halve()
    this.#absentPeriods = Math.max(0, this.#absentPeriods - 1)
  }

  #release(entry: number): void {
    this.#table.remove(entry)
    this.#counters.clear(entry)
    this.#ports.clear(entry)
  }

  /** Takes in what a stretch of flows did. */
  take(activity: Activity): void {
    const { sender: senders, packets, bytes, count } = activity
    const { cells, cellBytes } = this.#counters
    for (let row = 0; row < count; row++) {
      const sender = senders[row]!
      const tag = this.senders.senderTag[sender]!
      let entry = entryOf(tag)
      if (cells[CELL * entry] !== tag) {
        if (tag === NO_TAG && ((sender >>> 1) + this.#now) % RETRY_SECONDS !== 0) continue
        entry = this.#admit(sender, tag & ~STALE_BIT, packets[row]!)
        if (entry < 0) continue
      }
      cells[CELL * entry + CELL_PACKETS]! += packets[row]!
      cellBytes[2 * entry + 1]! += bytes[row]!
    }
    for (let i = 0; i < activity.handshakes; i++) this.#noteHandshakes(activity.handshakeSlot[i]!)
  }

  /** Entry for the sender of this slot and side, -1 when it gets none. */
  #admit(sender: number, tag: number, packets: number): number {
    if (this.#counters.cells[CELL * entryOf(tag)] === tag) return this.#confirm(sender, tag)
    const sent = tag === NO_TAG ? RETRY_SECONDS * packets : packets
    const address = (sender >>> 1) * WORDS + LO_ADDRESS + 4 * (sender & 1)
    const table = this.#table
    const hash = table.hashOf(this.#slots, address)
    let entry = table.find(this.#slots, address, hash)
    if (entry < 0) {
      if (table.used === table.capacity && !this.#makeRoom(hash, sent)) {
        this.senders.senderTag[sender] = NO_TAG
        return -1
      }
      entry = table.insert(this.#slots, address, hash)
    }
    return this.#confirm(sender, table.tags[entry * table.stride]!)
  }

  /** The sender has this tag now, and its port is noted in this period. */
  #confirm(sender: number, tag: number): number {
    this.senders.senderTag[sender] = tag
    const slot = (sender >>> 1) * WORDS
    const protocol = this.#slots[slot + PROTOCOL]!
    const pair = this.#slots[slot + PORTS]!
    // Later fragments have no ports.
    if (HAS_PORTS[protocol & 0xff] !== 0 && ((protocol >>> 8) & 0xff) === 0) {
      this.#ports.add(tag, (sender & 1) === 0 ? pair >>> 16 : pair & 0xffff)
    }
    return entryOf(tag)
  }

  /** Frees the weakest of a sample for an address that has sent more than it. */
  #makeRoom(hash: number, packets: number): boolean {
    const counters = this.#counters
    const sent = this.#sketch.add(hash, packets)
    let victim = this.#hand
    let least = counters.packets(victim)
    for (let i = 1; i < SAMPLE; i++) {
      const other = (this.#hand + i) % this.#table.capacity
      if (counters.packets(other) >= least) continue
      victim = other
      least = counters.packets(other)
    }
    this.#hand = (this.#hand + SAMPLE) % this.#table.capacity
    this.#absentPeriods = PERIODS
    this.#absent.add(sent > least ? this.#table.hash[victim]! : hash)
    if (sent > least) this.#release(victim)
    return sent > least
  }

  #noteHandshakes(slot: number): void {
    const counted = this.#handshakes
    for (let side = 0; side < 2; side++) {
      const at = slot * WORDS + side
      const mine = 4 * slot + side
      const syn = (this.#slots[at + SYN]! - counted[mine]!) >>> 0
      const synAck = (this.#slots[at + SYN_ACK]! - counted[mine + 2]!) >>> 0
      if ((syn | synAck) === 0) continue
      counted[mine]! += syn
      counted[mine + 2]! += synAck
      const tag = this.senders.senderTag[2 * slot + side]! & ~STALE_BIT
      const entry = entryOf(tag)
      if (this.#counters.cells[CELL * entry] !== tag) continue
      this.#counters.addHandshakes(entry, syn, synAck)
    }
  }

  /** The slot gets another flow. */
  forget(slot: number): void {
    this.senders.senderTag[2 * slot] = this.senders.senderTag[2 * slot + 1] = 0
    for (let at = 4 * slot; at < 4 * slot + 4; at++) this.#handshakes[at] = 0
  }

  /** Distinct sources in the window; with `atLeast` a lower bound. */
  active(): { addresses: number; atLeast: boolean } {
    const { used, hash } = this.#table
    if (this.#absentPeriods === 0) return { addresses: used, atLeast: false }
    const hashes = hash.filter((_, entry) => this.#counters.packets(entry) > 0)
    return { addresses: this.#absent.atLeast(hashes), atLeast: true }
  }

  /** The busiest addresses by packets, in order. */
  top(count: number): IpActivity[] {
    const best: { entry: number; packets: number }[] = []
    for (let entry = 0; entry < this.#table.end; entry++) {
      const packets = this.#counters.packets(entry)
      if (packets === 0 || (best.length === count && packets <= best[count - 1]!.packets)) continue
      let at = best.length
      while (at > 0 && best[at - 1]!.packets < packets) at--
      best.splice(at, 0, { entry, packets })
      if (best.length > count) best.pop()
    }
    return best.map(({ entry }) => this.#activityOf(entry))
  }

  /** One address of 16 bytes; undefined when it has no entry. */
  of(address: Uint8Array): IpActivity | undefined {
    const words = new Uint32Array(address.slice().buffer, 0, 4)
    const entry = this.#table.find(words, 0, this.#table.hashOf(words, 0))
    return entry < 0 ? undefined : this.#activityOf(entry)
  }

  #activityOf(entry: number): IpActivity {
    const seconds = this.#covered()
    return {
      ip: formatAddress(this.#view, 16 * entry),
      packetsPerSecond: this.#counters.packets(entry) / seconds,
      bytesPerSecond: this.#counters.bytes(entry) / seconds,
      uniqueDstPorts: this.#ports.count[entry]!,
      synCount: this.#counters.syn[entry]!,
      synAckCount: this.#counters.synAck[entry]!,
    }
  }

  /** Seconds that the window covers: the finished periods and the part of the current one. */
  #covered(): number {
    const full = (PERIODS - 1) * PERIOD_SECONDS + (this.#now % PERIOD_SECONDS) + 1
    return Math.min(this.#now - this.#firstSecond + 1, full)
  }
}
