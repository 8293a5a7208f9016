/** Reader of pcap files (draft-ietf-opsawg-pcap): both byte orders, µs and ns, and Kuznetzov's variant. */
import {
  CaptureError,
  type CaptureParser,
  type CaptureSink,
  createPacket,
  MAX_PACKET_BYTES,
} from './capture.ts'

const FILE_HEADER_BYTES = 24

/** First four bytes as a big-endian number: nanoseconds per unit of time, bytes of a record's header. */
const MAGIC: Readonly<
  Record<number, { littleEndian: boolean; unitNs: number; recordHeader: number }>
> = {
  0xa1b2c3d4: { littleEndian: false, unitNs: 1000, recordHeader: 16 },
  0xd4c3b2a1: { littleEndian: true, unitNs: 1000, recordHeader: 16 },
  0xa1b23c4d: { littleEndian: false, unitNs: 1, recordHeader: 16 },
  0x4d3cb2a1: { littleEndian: true, unitNs: 1, recordHeader: 16 },
  /* Alexey Kuznetzov's patched libpcap: ifindex, protocol and packet type follow the lengths. */
  0xa1b2cd34: { littleEndian: false, unitNs: 1000, recordHeader: 24 },
  0x34cdb2a1: { littleEndian: true, unitNs: 1000, recordHeader: 24 },
}

export const isPcap = (head: Buffer): boolean =>
  head.length >= 4 && MAGIC[head.readUInt32BE(0)] !== undefined

/** Parser for a file that isPcap(). */
export const createPcapParser = (sink: CaptureSink): CaptureParser => {
  const face = { linkType: -1, name: '' }
  const packet = createPacket(face)
  let format = { littleEndian: true, unitNs: 1000, recordHeader: 16 }

  const fileHeader = (bytes: Buffer): number => {
    if (bytes.length < FILE_HEADER_BYTES) return 0
    format = MAGIC[bytes.readUInt32BE(0)] ?? format
    const u16 = (at: number) =>
      format.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)
    if (u16(4) !== 2)
      throw new CaptureError(4, `version ${u16(4)}.${u16(6)} of pcap; 2.4 is the only one in use`)
    const network = format.littleEndian ? bytes.readUInt32LE(20) : bytes.readUInt32BE(20)
    face.linkType = network & 0xffff // above: length of the frame check sequence
    return FILE_HEADER_BYTES
  }

  const records = (bytes: Buffer, from: number, offset: number): number => {
    const { littleEndian, unitNs, recordHeader } = format
    const length = bytes.length
    const lengths = new DataView(bytes.buffer, bytes.byteOffset, length)
    packet.bytes = bytes
    let at = from
    while (at + recordHeader <= length) {
      const captured = lengths.getUint32(at + 8, littleEndian)
      if (captured > MAX_PACKET_BYTES) {
        throw new CaptureError(
          offset + at,
          `a packet of ${captured} bytes, more than ${MAX_PACKET_BYTES}`,
        )
      }
      const next = at + recordHeader + captured
      if (next > length) break
      const part = lengths.getUint32(at + 4, littleEndian) * unitNs
      const carry = part < 1e9 ? 0 : Math.floor(part / 1e9)
      packet.seconds = lengths.getUint32(at, littleEndian) + carry
      packet.nanos = part - carry * 1e9
      packet.start = at + recordHeader
      packet.captured = captured
      packet.wire = Math.max(captured, lengths.getUint32(at + 12, littleEndian))
      at = next
      if (sink.packet(packet)) break
    }
    return at
  }

  return {
    parse: (bytes, offset) => {
      const from = face.linkType < 0 ? fileHeader(bytes) : 0
      return face.linkType < 0 ? 0 : records(bytes, from, offset)
    },
    interfaces: () => [face],
  }
}
