/** Reader of pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, several interfaces. */
import {
  CaptureError,
  type CaptureParser,
  type CaptureSink,
  createPacket,
  MAX_PACKET_BYTES,
} from './capture.ts'
import { createTimeConverter } from './pcapng-time.ts'
import { type Block, flagsOf, readInterface, type SectionInterface } from './pcapng-options.ts'

const SECTION = 0x0a0d0d0a
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const INTERFACE = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6
/** A longer packet or interface block is not read; every other block is skipped whatever its length. */
const MAX_BLOCK_BYTES = 1 << 20
const MAX_INTERFACES = 65536

export const isPcapng = (head: Buffer): boolean =>
  head.length >= 4 && head.readUInt32BE(0) === SECTION

/** Parser for a file that isPcapng(). */
export const createPcapngParser = (sink: CaptureSink): CaptureParser => {
  const all: SectionInterface[] = []
  const nowhere: SectionInterface = {
    linkType: 0,
    name: '',
    snapLength: 0,
    time: createTimeConverter(6, 0),
  }
  const packet = createPacket(nowhere)
  let section: SectionInterface[] = []
  let littleEndian = true

  const startSection = (b: Block): void => {
    const [major, minor] = [
      b.view.getUint16(b.at + 12, littleEndian),
      b.view.getUint16(b.at + 14, littleEndian),
    ]
    if (major !== 1)
      throw new CaptureError(b.offset, `version ${major}.${minor} of pcapng; 1.0 is the one known`)
    section = []
  }

  const addInterface = (b: Block): void => {
    if (b.length < 20 || all.length >= MAX_INTERFACES)
      throw new CaptureError(b.offset, 'an interface block that is no such')
    const face = readInterface(b)
    section.push(face)
    all.push(face)
  }

  const emit = (b: Block, id: number, dataAt: number, captured: number, wire: number): boolean => {
    const face = section[id]
    if (face === undefined)
      return bad(`a packet of interface ${id}, which the section doesn't describe`)
    if (captured > MAX_PACKET_BYTES || dataAt + captured > b.at + b.length - 4)
      return bad('a packet longer than its block')
    packet.bytes = b.bytes
    packet.start = dataAt
    packet.captured = captured
    packet.wire = Math.max(captured, wire)
    packet.interface = face
    return true
  }
  const bad = (cause: string): false => {
    sink.badRecord(cause)
    return false
  }

  const enhanced = (b: Block, obsolete: boolean): boolean => {
    if (b.length < 32) return bad('a packet block shorter than its header')
    const u32 = (at: number) => b.view.getUint32(b.at + at, littleEndian)
    const id = obsolete ? b.view.getUint16(b.at + 8, littleEndian) : u32(8)
    const captured = u32(20)
    if (!emit(b, id, b.at + 28, captured, u32(24))) return false
    section[id]?.time(u32(12), u32(16), packet)
    const flags = flagsOf(b, b.at + 28 + captured + (-captured & 3)) & 3
    packet.direction = flags === 1 ? 0 : flags === 2 ? 1 : undefined
    return sink.packet(packet)
  }

  /** No time of its own: it keeps that of the packet before it. */
  const simple = (b: Block): boolean => {
    if (b.length < 16) return bad('a packet block shorter than its header')
    const wire = b.view.getUint32(b.at + 8, littleEndian)
    const limit = section[0]?.snapLength || MAX_PACKET_BYTES
    const captured = Math.min(wire, limit, b.length - 16)
    packet.direction = undefined
    return emit(b, 0, b.at + 12, captured, wire) && sink.packet(packet)
  }

  const isPacket = (type: number) =>
    type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET

  /** True: the sink wants to pause. */
  const take = (type: number, b: Block): boolean => {
    if (type === ENHANCED_PACKET) return enhanced(b, false)
    if (type === SIMPLE_PACKET) return simple(b)
    if (type === OBSOLETE_PACKET) return enhanced(b, true)
    if (type === SECTION) startSection(b)
    else addInterface(b)
    return false
  }

  /** Type and length of the block at `at`; -1 while they are not all there. A section sets the byte order. */
  const header = (view: DataView, at: number, offset: number): number => {
    if (at + 12 > view.byteLength) return -1
    if (view.getUint32(at, true) === SECTION) {
      littleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC
      if (!littleEndian && view.getUint32(at + 8, false) !== BYTE_ORDER_MAGIC) {
        throw new CaptureError(offset, 'a section without the byte-order magic 1a2b3c4d')
      }
    }
    const length = view.getUint32(at + 4, littleEndian)
    const least = view.getUint32(at, true) === SECTION ? 28 : 12
    if (length < least || length % 4 !== 0)
      throw new CaptureError(offset, `a block of ${length} bytes`)
    return length
  }

  const parse = (bytes: Buffer, offset: number): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const block: Block = { bytes, view, littleEndian, at: 0, length: 0, offset }
    let at = 0
    for (;;) {
      const length = header(view, at, offset + at)
      if (length < 0) return at
      const type = view.getUint32(at, littleEndian)
      const wanted = isPacket(type) || type === INTERFACE || type === SECTION
      if (wanted && length > MAX_BLOCK_BYTES) {
        if (!isPacket(type))
          throw new CaptureError(
            offset + at,
            `a block of ${length} bytes that describes an interface or section`,
          )
        sink.badRecord(`a packet block longer than ${MAX_BLOCK_BYTES} bytes`)
      }
      if (!wanted || length > MAX_BLOCK_BYTES) {
        at += length
        if (at >= bytes.length) return at
        continue
      }
      if (at + length > bytes.length) return at
      if (view.getUint32(at + length - 4, littleEndian) !== length) {
        throw new CaptureError(offset + at, `a block whose two lengths differ`)
      }
      Object.assign(block, { littleEndian, at, length, offset: offset + at })
      at += length
      if (take(type, block)) return at
    }
  }

  return { parse, interfaces: () => all }
}
