/** For tests: a tap whose ring is filled by hand. */
import { addressBytes } from '../mock/address-bytes.ts'
import { CAPTURED, CAPTURED_BYTES, type CapturedPacket } from './captured-packet.ts'
import type { OpenKernelTap, PacketTap, TapCounts } from './packet-tap.ts'

export interface FakeRecord {
  bytes: Uint8Array
  timeNs?: number
  src?: string
  dst?: string
  srcPort?: number
  dstPort?: number
  protocol?: number
  ifindex?: number
  slot?: number
  length?: number
  segments?: number
  vlan?: { tci: number; proto: number }
  egress?: boolean
  verdict?: number
  raw?: boolean
}

const mapped = (text: string): Uint8Array => {
  const bytes = addressBytes(text)
  return bytes.length === 16 ? bytes : Uint8Array.from([...V4_PREFIX, ...bytes])
}
const V4_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** As bpf/capture.h makes it; what is not given is a TCP packet of eth0 from 10.0.0.1:4000 to 10.0.0.2:443. */
export const captured = (record: FakeRecord): CapturedPacket => {
  const { bytes, vlan } = record
  // In whole words, as records of the kernel are.
  const view = new DataView(new ArrayBuffer((CAPTURED_BYTES + bytes.length + 3) & ~3))
  const all = new Uint8Array(view.buffer)
  view.setBigUint64(CAPTURED.timeNs, BigInt(record.timeNs ?? 0), true)
  all.set(mapped(record.src ?? '10.0.0.1'), CAPTURED.srcAddr)
  all.set(mapped(record.dst ?? '10.0.0.2'), CAPTURED.dstAddr)
  view.setUint16(CAPTURED.srcPort, record.srcPort ?? 4000, true)
  view.setUint16(CAPTURED.dstPort, record.dstPort ?? 443, true)
  view.setUint32(CAPTURED.ifindex, record.ifindex ?? 2, true)
  view.setUint32(CAPTURED.slot, record.slot ?? 0xffffffff, true)
  view.setUint32(CAPTURED.length, record.length ?? bytes.length, true)
  view.setUint32(CAPTURED.captured, bytes.length, true)
  view.setUint32(CAPTURED.segments, record.segments ?? 1, true)
  view.setUint16(CAPTURED.vlanTci, vlan?.tci ?? 0, true)
  view.setUint16(CAPTURED.vlanProto, vlan?.proto ?? 0)
  view.setUint8(CAPTURED.direction, record.egress ? 1 : 0)
  view.setUint8(CAPTURED.verdict, record.verdict ?? 0)
  view.setUint8(CAPTURED.protocol, record.protocol ?? 6)
  view.setUint8(CAPTURED.linkHeaderBytes, record.raw ? 0 : 14)
  all.set(bytes, CAPTURED_BYTES)
  return { view, at: 0 }
}

export interface FakeTap extends PacketTap {
  /** Filters of all captures so far, and what they were changed to. */
  readonly filters: Uint8Array[]
  /** Packets in the ring. */
  readonly ring: CapturedPacket[]
  counted: TapCounts[]
  /** Of the last one. */
  state: 'open' | 'closed' | 'free'
}

/** `size`: packets that fit. */
export const createFakeTap = (size: number): FakeTap => {
  const ring: CapturedPacket[] = []
  const tap: FakeTap = {
    filters: [],
    ring,
    counted: [],
    state: 'free',
    open: (filter): OpenKernelTap => {
      tap.filters.push(filter)
      tap.state = 'open'
      return {
        refilter: (given) => void tap.filters.push(given),
        drain: (visit) => {
          while (ring[0] && visit(ring[0])) ring.shift()
          return false
        },
        fill: () => ring.length / size,
        counts: () => tap.counted,
        close: () => {
          if (tap.state === 'open') tap.state = 'closed'
        },
        free: () => {
          tap.state = 'free'
          ring.length = 0
        },
      }
    },
  }
  return tap
}
