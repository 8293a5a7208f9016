/**
 * Totals by interface, direction, verdict and protocol class. The scan adds to cells; once per tick
 * the cells are folded into the host's totals (leaf interfaces, each packet once) and the hooks'.
 */
import { DIRECTIONS, PROTOCOL_CLASSES, VERDICTS, type ProtocolClass } from '@netscope/core/slot.ts'
import type { Status } from '@netscope/core/status.ts'
import type { Interface, Traffic } from '../source.ts'

const CLASSES = PROTOCOL_CLASSES.length
const KINDS = VERDICTS.length * CLASSES
/** A cell: ((forwarded * 2 + egress) * 4 + verdict) * 5 + class, from the interface's base. */
const CELLS = 4 * KINDS
/** Bases must fit in 16 bits. The interfaces beyond share the first base. */
const MAX_INTERFACES = 800
/** An interface that was missing so many times has gone: its flows have moved for the last time. */
const GONE_AFTER = 10
const HOST_TOTALS = 2 * KINDS
const AVERAGE_SECONDS = 60

/** Cell of one direction of a flow: `path` as in bpf/flow.h. */
export const cellOf = (base: number, path: number, verdict: number): number =>
  base + ((path >>> 1) & 3) * KINDS + verdict * CLASSES

const CLASS_BY_PROTOCOL: Readonly<Record<number, ProtocolClass>> = {
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  58: 'ICMPv6',
}

/** Index of the protocol's class in PROTOCOL_CLASSES. */
export const protocolClass = (protocol: number): number =>
  PROTOCOL_CLASSES.indexOf(CLASS_BY_PROTOCOL[protocol] ?? 'OTHER')

export interface HookTraffic {
  packets: number
  bytes: number
}

export type LastSecond = Status['lastSecond']

const NOTHING: LastSecond = {
  rxBytes: 0,
  txBytes: 0,
  rxPackets: 0,
  txPackets: 0,
  droppedPackets: 0,
}

export class Totals {
  /** The scan adds here. */
  readonly cellPackets = new Float64Array(MAX_INTERFACES * CELLS)
  readonly cellBytes = new Float64Array(MAX_INTERFACES * CELLS)
  /** 1: packets of this cell belong to the host's totals. */
  readonly inHost = new Uint8Array(MAX_INTERFACES * CELLS)
  lastSecond: LastSecond = { ...NOTHING }

  readonly #slots = new Map<number, number>()
  readonly #freeSlots: number[] = []
  /** Slots below were in use. */
  #end = 1
  /** How many times in a row an interface was missing. */
  readonly #missing = new Map<number, number>()
  readonly #hookPackets = new Float64Array(2 * MAX_INTERFACES)
  readonly #hookBytes = new Float64Array(2 * MAX_INTERFACES)
  readonly #flowPackets = new Float64Array(HOST_TOTALS)
  readonly #flowBytes = new Float64Array(HOST_TOTALS)
  #overflow: Traffic[] = []
  #recent: { seconds: number; packets: number; bytes: number }[] = []
  #before = { packets: 0, bytes: 0 }

  constructor() {
    this.#setInHost(0, true, true)
  }

  add(cell: number, packets: number, bytes: number): void {
    this.cellPackets[cell]! += packets
    this.cellBytes[cell]! += bytes
  }

  /** First cell of the interface. An interface not named by setInterfaces yet counts as a leaf. */
  interfaceBase(ifindex: number): number {
    const known = this.#slots.get(ifindex)
    if (known !== undefined) return known * CELLS
    const slot = this.#freeSlots.pop() ?? (this.#end < MAX_INTERFACES ? this.#end++ : 0)
    this.#slots.set(ifindex, slot)
    if (slot > 0) this.#setInHost(slot, true, false)
    return slot * CELLS
  }

  /** Which interfaces count for the host: leaves; all when no attached one is a leaf. Once per tick. */
  setInterfaces(interfaces: readonly Interface[]): void {
    const attached = interfaces.filter((one) => one.attached !== undefined)
    const noLeaf = attached.length > 0 && !attached.some((one) => one.leaf)
    for (const one of interfaces) {
      const slot = this.interfaceBase(one.ifindex) / CELLS
      if (slot > 0) this.#setInHost(slot, one.leaf || noLeaf, noLeaf)
    }
    this.#forgetGone(new Set(interfaces.map(({ ifindex }) => ifindex)))
  }

  #forgetGone(present: ReadonlySet<number>): void {
    for (const [ifindex, slot] of this.#slots) {
      const times = present.has(ifindex) ? 0 : (this.#missing.get(ifindex) ?? 0) + 1
      if (times === 0 || times === GONE_AFTER) this.#missing.delete(ifindex)
      else this.#missing.set(ifindex, times)
      if (times < GONE_AFTER) continue
      this.#slots.delete(ifindex)
      this.#hookPackets.fill(0, 2 * slot, 2 * slot + 2)
      this.#hookBytes.fill(0, 2 * slot, 2 * slot + 2)
      if (slot > 0) this.#freeSlots.push(slot)
    }
  }

  #setInHost(slot: number, counts: boolean, forwardedToo: boolean): void {
    const at = slot * CELLS
    this.inHost.fill(counts ? 1 : 0, at, at + 2 * KINDS)
    this.inHost.fill(counts && forwardedToo ? 1 : 0, at + 2 * KINDS, at + CELLS)
  }

  /** Takes in the cells of a tick of `seconds` and the kernel's counters of packets without entry. */
  fold(seconds: number, overflow: readonly Traffic[]): void {
    const last: LastSecond = { ...NOTHING }
    for (let cell = 0; cell < this.#end * CELLS; cell++) {
      const packets = this.cellPackets[cell]!
      const bytes = this.cellBytes[cell]!
      if (packets === 0 && bytes === 0) continue
      this.#foldCell(cell, packets, bytes, last)
    }
    overflow.forEach((now, index) => {
      const before = this.#overflow[index] ?? { packets: 0, bytes: 0 }
      addRecent(last, index, now.packets - before.packets, now.bytes - before.bytes)
    })
    this.#overflow = overflow.map(({ packets, bytes }) => ({ packets, bytes }))
    this.lastSecond = last
    this.#remember(seconds)
  }

  #foldCell(cell: number, packets: number, bytes: number, last: LastSecond): void {
    const slot = Math.floor(cell / CELLS)
    const direction = Math.floor((cell % CELLS) / KINDS) & 1
    this.#hookPackets[2 * slot + direction]! += packets
    this.#hookBytes[2 * slot + direction]! += bytes
    if (this.inHost[cell] === 1) {
      const index = direction * KINDS + (cell % KINDS)
      this.#flowPackets[index]! += packets
      this.#flowBytes[index]! += bytes
      addRecent(last, index, packets, bytes)
    }
    this.cellPackets[cell] = 0
    this.cellBytes[cell] = 0
  }

  #remember(seconds: number): void {
    const { packets, bytes } = this.sum()
    this.#recent.push({
      seconds,
      packets: packets - this.#before.packets,
      bytes: bytes - this.#before.bytes,
    })
    this.#before = { packets, bytes }
    let span = this.#recent.reduce((sum, tick) => sum + tick.seconds, 0)
    while (this.#recent.length > 1 && span - this.#recent[0]!.seconds >= AVERAGE_SECONDS) {
      span -= this.#recent.shift()!.seconds
    }
  }

  /** Host totals since start. */
  sum(): HookTraffic {
    const sum = { packets: 0, bytes: 0 }
    for (let index = 0; index < HOST_TOTALS; index++) {
      sum.packets += this.#flowPackets[index]! + (this.#overflow[index]?.packets ?? 0)
      sum.bytes += this.#flowBytes[index]! + (this.#overflow[index]?.bytes ?? 0)
    }
    return sum
  }

  /** Averages per second over the last 60 s, or since start if shorter. */
  average(): HookTraffic {
    const sum = { seconds: 0, packets: 0, bytes: 0 }
    for (const tick of this.#recent) {
      sum.seconds += tick.seconds
      sum.packets += tick.packets
      sum.bytes += tick.bytes
    }
    if (sum.seconds <= 0) return { packets: 0, bytes: 0 }
    return { packets: sum.packets / sum.seconds, bytes: sum.bytes / sum.seconds }
  }

  /** Host totals since start; kinds without traffic are left out. */
  rows(): Status['totals'] {
    const rows: Status['totals'] = []
    for (let index = 0; index < HOST_TOTALS; index++) {
      const packets = this.#flowPackets[index]! + (this.#overflow[index]?.packets ?? 0)
      const bytes = this.#flowBytes[index]! + (this.#overflow[index]?.bytes ?? 0)
      if (packets === 0 && bytes === 0) continue
      rows.push({
        protocol: PROTOCOL_CLASSES[index % CLASSES]!,
        direction: DIRECTIONS[Math.floor(index / KINDS)]!,
        action: VERDICTS[Math.floor(index / CLASSES) % VERDICTS.length]!,
        packets,
        bytes,
      })
    }
    return rows
  }

  /** What flow entries counted at a hook (direction 0 ingress, 1 egress), leaf or not. */
  hook(ifindex: number, direction: number): HookTraffic {
    const slot = this.#slots.get(ifindex)
    if (slot === undefined || slot === 0) return { packets: 0, bytes: 0 }
    return {
      packets: this.#hookPackets[2 * slot + direction]!,
      bytes: this.#hookBytes[2 * slot + direction]!,
    }
  }

  /** Packets without an entry since start. */
  overflow(): HookTraffic {
    return this.#overflow.reduce(
      (sum, one) => ({ packets: sum.packets + one.packets, bytes: sum.bytes + one.bytes }),
      { packets: 0, bytes: 0 },
    )
  }
}

const DROP = VERDICTS.indexOf('DROP')

const addRecent = (last: LastSecond, index: number, packets: number, bytes: number): void => {
  const egress = index >= KINDS
  last.rxPackets += egress ? 0 : packets
  last.rxBytes += egress ? 0 : bytes
  last.txPackets += egress ? packets : 0
  last.txBytes += egress ? bytes : 0
  if (Math.floor(index / CLASSES) % VERDICTS.length === DROP) last.droppedPackets += packets
}
