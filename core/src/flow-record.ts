/**
 * A flow on the uplink: u32 slot, u32 end, f32 bytes/s of lo, f32 bytes/s of hi, the slot as it is in the kernel
 * (core/src/slot.ts), then what the agent adds (core/src/enrichment.ts).
 */
import { ENRICHMENT, ENRICHMENT_BYTES, ENRICHMENT_SUMMARY } from './enrichment.ts'
import type { ProcessInfo } from './process.ts'
import { KEY, SLOT, SLOT_BYTES } from './slot.ts'

export const RECORD_HEADER_BYTES = 16
/** Where the enrichment (core/src/enrichment.ts) begins in a record. */
export const RECORD_ENRICHMENT = RECORD_HEADER_BYTES + SLOT_BYTES
export const RECORD_BYTES = RECORD_ENRICHMENT + ENRICHMENT_BYTES

/** Why a flow ended; index = the record's `end`. */
export const ENDS = ['', 'idle', 'closed', 'reset', 'forced'] as const
export type End = (typeof ENDS)[number]

/**
 * A summary is a last record that stands for many flows of a flood: sums of their counters, their victim as `dst`, and as
 * `src` the one address that sent them, or `0.0.0.0` or `::`. What only it has lies where a slot keeps what is the kernel's.
 */
export const SUMMARY = {
  /** u32: packets of its protocol class and direction that found no entry meanwhile, whomever they were meant for. */
  overflow: SLOT.listGen,
  /** u32: flows that it stands for. */
  flows: SLOT.index,
} as const

/** What the bytes of a record need from outside to become a flow. */
export interface FlowContext {
  agent: string
  /** Milliseconds since 1970 when the record's clock was 0. */
  wallOffsetMs: number
  interfaceName(ifindex: number): string
  /** Text of a dictionary id; empty for 0 and for what is not known (any more). */
  text(id: number): string
  process(id: number): ProcessInfo | undefined
}

/** One record in a buffer; `src` is the side that sent first. */
export class FlowReader {
  readonly view: DataView
  readonly context: FlowContext
  /** Start of the record, of its slot and of the slot's key. */
  at = 0
  slot = 0
  key = 0
  /** Start of the record's enrichment. */
  enrichment = 0
  /** Index of the client in every pair of the slot. */
  client: 0 | 1 = 0

  constructor(bytes: Uint8Array, context: FlowContext) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.context = context
  }

  /** Moves to the record at byte `at`. */
  seek(at: number): this {
    this.at = at
    this.slot = at + RECORD_HEADER_BYTES
    this.key = this.slot + SLOT.key
    this.enrichment = at + RECORD_ENRICHMENT
    this.client = this.view.getUint8(this.slot + SLOT.client) === 0 ? 0 : 1
    return this
  }

  u64(at: number): number {
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 4294967296
  }
  side(which: Side): 0 | 1 {
    return which === 'src' ? this.client : this.client === 0 ? 1 : 0
  }
  pair8(offset: number, which: Side): number {
    return this.view.getUint8(this.slot + offset + this.side(which))
  }
  pair32(offset: number, which: Side): number {
    return this.view.getUint32(this.slot + offset + 4 * this.side(which), true)
  }
  pair64(offset: number, which: Side): number {
    return this.u64(this.slot + offset + 8 * this.side(which))
  }
  /** Enrichment: u8, u32 or u64 at `offset`, of a pair that of the side. */
  extra8(offset: number, which?: Side): number {
    return this.view.getUint8(this.enrichment + offset + (which ? this.side(which) : 0))
  }
  extra32(offset: number, which?: Side): number {
    return this.view.getUint32(this.enrichment + offset + (which ? 4 * this.side(which) : 0), true)
  }
  extra64(offset: number, which: Side): number {
    return this.u64(this.enrichment + offset + 8 * this.side(which))
  }
  text(offset: number, which?: Side): string {
    return this.context.text(this.extra32(offset, which))
  }
  process(which: Side): ProcessInfo | undefined {
    return this.context.process(this.extra32(ENRICHMENT.process, which))
  }
  /** Flows that this record sums up; 0: it is a flow of its own. */
  condensed(): number {
    const isSummary = (this.extra8(ENRICHMENT.flags) & ENRICHMENT_SUMMARY) !== 0
    return isSummary ? this.view.getUint32(this.slot + SUMMARY.flows, true) : 0
  }
  key16(offset: number): number {
    return this.view.getUint16(this.key + offset, true)
  }
  address(which: Side): number {
    return this.key + (this.side(which) === 0 ? KEY.loAddr : KEY.hiAddr)
  }
  port(which: Side): number {
    return this.key16(this.side(which) === 0 ? KEY.loPort : KEY.hiPort)
  }
  time(ns: number): string {
    return isoMicros(this.context.wallOffsetMs, ns)
  }
  us(ns: number): number {
    return unixMicros(this.context.wallOffsetMs, ns)
  }
  firstNs(): number {
    const [a, b] = [this.pair64(SLOT.firstNs, 'src'), this.pair64(SLOT.firstNs, 'dst')]
    return a && b ? Math.min(a, b) : a || b
  }
  lastNs(): number {
    return Math.max(
      this.pair64(SLOT.lastNs, 'src'),
      this.pair64(SLOT.lastNs, 'dst'),
      this.firstNs(),
    )
  }
}

/** A side of a flow: who sent first, and the other. */
export type Side = 'src' | 'dst'

/** Microseconds since 1970 of a time on a clock whose 0 was at `wallOffsetMs`. */
const unixMicros = (wallOffsetMs: number, ns: number): number => {
  const whole = Math.floor(wallOffsetMs)
  return whole * 1000 + Math.round((wallOffsetMs - whole) * 1000 + ns / 1000)
}

/** The same in ISO 8601 with microseconds, UTC. */
export const isoMicros = (wallOffsetMs: number, ns: number): string => {
  const micros = unixMicros(wallOffsetMs, ns)
  const ms = Math.floor(micros / 1000)
  const rest = String(micros - ms * 1000).padStart(3, '0')
  return new Date(ms).toISOString().replace('Z', `${rest}Z`)
}
