/** A stand-in for the kernel in tests: takes slots from a ring and counts packets like bpf/count.h. */
import {
  KEY,
  KEY_BYTES,
  OWNER_BYTES,
  SLOT,
  SLOT_BYTES,
  SLOT_LIVE,
  SLOT_ORPHAN,
} from '@netscope/core/slot.ts'
import type { FlowTable, Traffic } from '../source.ts'

export interface FakePacket {
  src: string
  dst: string
  srcPort?: number
  dstPort?: number
  protocol?: number
  ifindex?: number
  bytes?: number
  packets?: number
  flags?: number
  egress?: boolean
  forwarded?: boolean
  verdict?: number
  fragment?: boolean
  timeNs?: number
}

export interface FakeFlowTable extends FlowTable {
  /** Counts a packet; false when there was no entry to be had. */
  packet(packet: FakePacket): boolean
  /** Takes a slot as a program does that loses the race for its key. */
  loseRace(packet: FakePacket): void
  /** Slot of the packet's flow while its key is in the table. */
  slotOf(packet: FakePacket): number | undefined
  /** Counts into a slot whose key is gone, as a program does that found it before. */
  straggle(slot: number, packet: FakePacket): void
  overflow(): Traffic[]
  /** Slots that programs can take. */
  free(): number
  /** Sum of all slots' counters. */
  held(): Traffic
}

const address = (text: string): Uint8Array => {
  const bytes = new Uint8Array(16)
  if (text.includes('.')) {
    bytes.set([0xff, 0xff, ...text.split('.').map(Number)], 10)
    return bytes
  }
  const [head = '', tail = ''] = text.split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))
  const put = (from: number, values: number[]) =>
    values.forEach((value, i) => bytes.set([value >> 8, value & 255], from + 2 * i))
  put(0, groups(head))
  put(16 - 2 * groups(tail).length, groups(tail))
  return bytes
}

export const createFakeFlowTable = (capacity: number): FakeFlowTable => {
  const slots = new Uint8Array(capacity * SLOT_BYTES)
  const view = new DataView(slots.buffer)
  const keys = new Map<string, number>()
  const ring = Array.from({ length: capacity }, (_, i) => i)
  const overflow: Traffic[] = Array.from({ length: 40 }, () => ({ packets: 0, bytes: 0 }))
  let taken = 0

  const keyOf = (p: FakePacket): { key: Uint8Array; side: 0 | 1 } => {
    const ends = [
      { address: address(p.src), port: p.srcPort ?? 0 },
      { address: address(p.dst), port: p.dstPort ?? 0 },
    ]
    const order =
      Buffer.compare(ends[0]!.address, ends[1]!.address) || ends[0]!.port - ends[1]!.port
    const [lo, hi] = order <= 0 ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!]
    const key = new Uint8Array(KEY_BYTES)
    const keyView = new DataView(key.buffer)
    key.set(lo.address, KEY.loAddr)
    key.set(hi.address, KEY.hiAddr)
    keyView.setUint16(KEY.loPort, lo.port, true)
    keyView.setUint16(KEY.hiPort, hi.port, true)
    keyView.setUint32(KEY.ifindex, p.ifindex ?? 2, true)
    key[KEY.protocol] = p.protocol ?? 6
    key[KEY.fragment] = p.fragment ? 1 : 0
    return { key, side: order <= 0 ? 0 : 1 }
  }

  const name = (key: Uint8Array) => Buffer.from(key).toString('latin1')

  const take = (p: FakePacket): number => {
    const slot = ring[taken]
    if (slot === undefined) return -1
    taken++
    const { key, side } = keyOf(p)
    slots.set(key, slot * SLOT_BYTES + SLOT.key)
    slots[slot * SLOT_BYTES + SLOT.client] = side
    slots[slot * SLOT_BYTES + SLOT.verdict] = p.verdict ?? 0
    return slot
  }

  const add64 = (at: number, n: number) =>
    view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(n), true)
  const add32 = (at: number, n: number) => view.setUint32(at, view.getUint32(at, true) + n, true)

  const count = (slot: number, p: FakePacket): void => {
    const at = slot * SLOT_BYTES
    const { side } = keyOf(p)
    const { packets = 1, bytes = 100, flags = 0, timeNs = 0 } = p
    add64(at + SLOT.packets + 8 * side, packets)
    add64(at + SLOT.bytes + 8 * side, bytes)
    if (view.getBigUint64(at + SLOT.firstNs + 8 * side, true) === 0n) {
      view.setBigUint64(at + SLOT.firstNs + 8 * side, BigInt(timeNs), true)
    }
    view.setBigUint64(at + SLOT.lastNs + 8 * side, BigInt(timeNs), true)
    slots[at + SLOT.verdict] = p.verdict ?? slots[at + SLOT.verdict]!
    slots[at + SLOT.path + side] = 1 | (p.egress ? 2 : 0) | (p.forwarded ? 4 : 0)
    slots[at + SLOT.tcpFlags + side]! |= flags
    if ((flags & 0x12) === 0x02) add32(at + SLOT.syn + 4 * side, 1)
    if ((flags & 0x12) === 0x12) add32(at + SLOT.synAck + 4 * side, 1)
    if (flags & 1) add32(at + SLOT.fin + 4 * side, 1)
    if (flags & 4) add32(at + SLOT.rst + 4 * side, 1)
    if (slots[at + SLOT.verdict] === 1) {
      add64(at + SLOT.droppedPackets + 8 * side, packets)
      add64(at + SLOT.droppedBytes + 8 * side, bytes)
    }
  }

  const classOf = (protocol: number) => ({ 6: 0, 17: 1, 1: 2, 58: 3 })[protocol] ?? 4

  return {
    capacity,
    slots,
    owners: new Uint8Array(capacity * OWNER_BYTES),
    handedOut: () => taken,
    packet(p) {
      const key = name(keyOf(p).key)
      let slot = keys.get(key)
      if (slot === undefined) {
        slot = take(p)
        if (slot < 0) {
          const index = ((p.egress ? 1 : 0) * 4 + (p.verdict ?? 0)) * 5 + classOf(p.protocol ?? 6)
          overflow[index]!.packets += p.packets ?? 1
          overflow[index]!.bytes += p.bytes ?? 100
          return false
        }
        keys.set(key, slot)
        slots[slot * SLOT_BYTES + SLOT.state] = SLOT_LIVE
      }
      count(slot, p)
      return true
    },
    loseRace(p) {
      slots[take(p) * SLOT_BYTES + SLOT.state] = SLOT_ORPHAN
    },
    slotOf: (p) => keys.get(name(keyOf(p).key)),
    straggle: count,
    remove(bytes, n) {
      for (let i = 0; i < n; i++)
        keys.delete(name(bytes.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES)))
    },
    recycle(free, n) {
      for (let i = 0; i < n; i++) {
        const slot = free[i]!
        const bytes = slots.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)
        if (bytes.some((byte) => byte !== 0)) throw new Error(`slot ${slot} was not zeroed`)
        if (ring.indexOf(slot, taken) >= 0) throw new Error(`slot ${slot} is free already`)
        ring.push(slot)
      }
    },
    overflow: () => overflow,
    free: () => ring.length - taken,
    held() {
      const sum = { packets: 0, bytes: 0 }
      for (let at = 0; at < slots.length; at += SLOT_BYTES) {
        for (let side = 0; side < 2; side++) {
          sum.packets += Number(view.getBigUint64(at + SLOT.packets + 8 * side, true))
          sum.bytes += Number(view.getBigUint64(at + SLOT.bytes + 8 * side, true))
        }
      }
      return sum
    },
  }
}
