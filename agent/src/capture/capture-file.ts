/** The blocks of a capture as a pcapng file (draft-ietf-opsawg-pcapng), into one buffer that is handed on when it is full. */
import {
  pcapngInterface,
  pcapngSection,
  pcapngStatistics,
  type Option,
} from '../pcap/write-capture.ts'
import { CAPTURED, CAPTURED_BYTES, type CapturedPacket } from './captured-packet.ts'

const LINK_ETHERNET = 1
const LINK_RAW_IP = 101
const COMMENT = 1
/** Of a section. */
const HARDWARE = 2
const SYSTEM = 3
const APPLICATION = 4
/** Of an interface. */
const NAME = 2
const TIME_RESOLUTION = 9
const SYSTEM_OF_INTERFACE = 12
/** Of a packet; inbound 1, outbound 2 in the lowest bits of the flags. */
const FLAGS = 2
/** Of an interface's statistics. */
const START = 2
const END = 3
const RECEIVED = 4
const DROPPED = 5
const ACCEPTED = 6
const DROPPED_BY_SYSTEM = 7
const DELIVERED = 8

const ENHANCED_PACKET = 6
const PACKET_HEAD = 28
const FLAGS_BYTES = 8
const END_OF_OPTIONS = 4
const TRAILER = 4
const VLAN_TAG = 4
const MAC_ADDRESSES = 12
/** Of a packet's comment. */
export const MAX_COMMENT_BYTES = 1024

/** Most bytes of one packet's block. */
const MOST =
  PACKET_HEAD + 65_536 + VLAN_TAG + 4 + MAX_COMMENT_BYTES + FLAGS_BYTES + END_OF_OPTIONS + TRAILER
const BUFFER_BYTES = 256 << 10

const pad = (length: number): number => length + (-length & 3)

const text = (code: number, value: string): Option => [code, Buffer.from(value)]

const u64 = (code: number, value: number | bigint): Option => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return [code, bytes]
}

/** 64-bit times come with the high word first. */
const time = (code: number, ns: bigint): Option => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(Number(ns >> 32n), 0)
  bytes.writeUInt32LE(Number(ns & 0xffffffffn), 4)
  return [code, bytes]
}

export interface InterfaceStatistics {
  ifindex: number
  accepted: number
  lost: number
}

export interface CaptureFileDeps {
  hardware: string
  system: string
  application: string
  snapLength: number
  /** Of the whole file; empty: none. */
  comment?: string
  interfaceName(ifindex: number): string
  /** Takes the next bytes of the file, which are valid only during the call. */
  write(bytes: Uint8Array): void
}

export interface CaptureFile {
  /** Bytes so far, those that were not written yet included. */
  readonly bytes: number
  /** Packets so far. */
  readonly packets: number
  /** A packet of which `wallOffsetNs` makes the time since 1970. */
  packet(packet: CapturedPacket, comment: Uint8Array, wallOffsetNs: bigint): void
  /** Bytes that the packet will take at most, an interface that is new with it included. */
  bytesOf(packet: CapturedPacket): number
  statistics(
    of: readonly InterfaceStatistics[],
    startNs: bigint,
    endNs: bigint,
    comment: string,
  ): void
  flush(): void
}

/** Begins with the section. An interface is described before its first packet, by what that begins with. */
export const createCaptureFile = (deps: CaptureFileDeps): CaptureFile => {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  const target = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  /** Number of each interface in the file, and packets written of it. */
  const interfaces = new Map<number, { number: number; packets: number }>()
  let used = 0
  let flushed = 0
  let packets = 0

  const flush = (): void => {
    if (used === 0) return
    flushed += used
    const whole = buffer.subarray(0, used)
    used = 0
    deps.write(whole)
  }
  const put = (block: Uint8Array): void => {
    if (used + block.length > BUFFER_BYTES) flush()
    buffer.set(block, used)
    used += block.length
  }

  const describe = (ifindex: number, linkHeaderBytes: number) => {
    const made = { number: interfaces.size, packets: 0 }
    interfaces.set(ifindex, made)
    const options = [
      text(NAME, deps.interfaceName(ifindex)),
      [TIME_RESOLUTION, Buffer.from([9])] satisfies Option,
      text(SYSTEM_OF_INTERFACE, deps.system),
    ]
    const linkType = linkHeaderBytes > 0 ? LINK_ETHERNET : LINK_RAW_IP
    put(pcapngInterface(linkType, options, false, deps.snapLength))
    return made
  }

  /** A capture ring may hold more of it than is asked for. */
  const keptOf = ({ view, at }: CapturedPacket): number =>
    Math.min(view.getUint32(at + CAPTURED.captured, true), deps.snapLength)

  /** The packet's bytes at `to`, with the tag that the hardware had taken out; returns their number. */
  const copyPacket = ({ view, at }: CapturedPacket, captured: number, to: number): number => {
    const from = new Uint8Array(view.buffer, view.byteOffset + at + CAPTURED_BYTES, captured)
    const isTagged = hasTag(view, at) && captured >= MAC_ADDRESSES
    if (!isTagged) {
      buffer.set(from, to)
      return captured
    }
    buffer.set(from.subarray(0, MAC_ADDRESSES), to)
    target.setUint16(to + MAC_ADDRESSES, view.getUint16(at + CAPTURED.vlanProto))
    target.setUint16(to + MAC_ADDRESSES + 2, view.getUint16(at + CAPTURED.vlanTci, true))
    buffer.set(from.subarray(MAC_ADDRESSES), to + MAC_ADDRESSES + VLAN_TAG)
    return captured + VLAN_TAG
  }

  const putOptions = (start: number, comment: Uint8Array, direction: number): number => {
    let at = start
    if (comment.length > 0) {
      target.setUint16(at, COMMENT, true)
      target.setUint16(at + 2, comment.length, true)
      buffer.set(comment, at + 4)
      const end = at + 4 + comment.length
      at += 4 + pad(comment.length)
      buffer.fill(0, end, at)
    }
    target.setUint16(at, FLAGS, true)
    target.setUint16(at + 2, 4, true)
    target.setUint32(at + 4, direction + 1, true)
    target.setUint32(at + 8, 0, true)
    return at + FLAGS_BYTES + END_OF_OPTIONS
  }

  const packet: CaptureFile['packet'] = (packet, comment, wallOffsetNs) => {
    const { view, at } = packet
    const ifindex = view.getUint32(at + CAPTURED.ifindex, true)
    const face =
      interfaces.get(ifindex) ?? describe(ifindex, view.getUint8(at + CAPTURED.linkHeaderBytes))
    if (used + MOST > BUFFER_BYTES) flush()
    const start = used
    const ns = view.getBigUint64(at + CAPTURED.timeNs, true) + wallOffsetNs
    const written = copyPacket(packet, keptOf(packet), start + PACKET_HEAD)
    const length = view.getUint32(at + CAPTURED.length, true) + (hasTag(view, at) ? VLAN_TAG : 0)
    const data = start + PACKET_HEAD
    buffer.fill(0, data + written, data + pad(written))
    const end = putOptions(data + pad(written), comment, view.getUint8(at + CAPTURED.direction))
    const total = end + TRAILER - start
    target.setUint32(start, ENHANCED_PACKET, true)
    target.setUint32(start + 4, total, true)
    target.setUint32(start + 8, face.number, true)
    target.setUint32(start + 12, Number(ns >> 32n), true)
    target.setUint32(start + 16, Number(ns & 0xffffffffn), true)
    target.setUint32(start + 20, written, true)
    target.setUint32(start + 24, length, true)
    target.setUint32(end, total, true)
    used = end + TRAILER
    face.packets++
    packets++
  }

  put(
    pcapngSection(false, [
      ...(deps.comment ? [text(COMMENT, deps.comment)] : []),
      text(HARDWARE, deps.hardware),
      text(SYSTEM, deps.system),
      text(APPLICATION, deps.application),
    ]),
  )

  return {
    get bytes() {
      return flushed + used
    },
    get packets() {
      return packets
    },
    packet,
    bytesOf: (packet) => MOST - 65_536 + keptOf(packet),
    statistics: (of, startNs, endNs, comment) => {
      for (const { ifindex, accepted, lost } of of) {
        const face = interfaces.get(ifindex) ?? describe(ifindex, 14)
        put(
          pcapngStatistics(face.number, endNs, [
            ...(comment === '' ? [] : [text(COMMENT, comment)]),
            time(START, startNs),
            time(END, endNs),
            // As dumpcap does, since Wireshark shows these two: what its filter took, and what of it is missing.
            u64(RECEIVED, accepted),
            u64(DROPPED, lost),
            u64(ACCEPTED, accepted),
            u64(DROPPED_BY_SYSTEM, lost),
            u64(DELIVERED, face.packets),
          ]),
        )
      }
    },
    flush,
  }
}

const hasTag = (view: DataView, at: number): boolean =>
  view.getUint16(at + CAPTURED.vlanProto, true) !== 0
