/** Writes captures of either format and byte order: what captures begin and end with (agent/src/capture), and tests. */

export interface WrittenPacket {
  bytes: Uint8Array
  /** Length on the wire where it differs. */
  wire?: number
  seconds: number
  nanos?: number
}

export interface PcapOptions {
  linkType?: number
  bigEndian?: boolean
  nanoseconds?: boolean
  /** Alexey Kuznetzov's variant, with 8 more bytes per record. */
  modified?: boolean
}

/** Numbers of one byte order, one after the other. */
const writer = (bytes: Buffer, bigEndian: boolean) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const put = {
    u16: (value: number) => {
      view.setUint16(at, value, !bigEndian)
      at += 2
      return put
    },
    u32: (value: number) => {
      view.setUint32(at, value >>> 0, !bigEndian)
      at += 4
      return put
    },
    raw: (data: Uint8Array) => {
      bytes.set(data, at)
      at += data.length
      return put
    },
    skip: (count: number) => {
      at += count
      return put
    },
  }
  return put
}

export const writePcap = (packets: readonly WrittenPacket[], options: PcapOptions = {}): Buffer => {
  const bigEndian = options.bigEndian ?? false
  const magic = options.modified ? 0xa1b2cd34 : options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4
  const head = Buffer.alloc(24)
  writer(head, bigEndian)
    .u32(magic)
    .u16(2)
    .u16(4)
    .skip(8)
    .u32(262144)
    .u32(options.linkType ?? 1)
  const records = packets.map((packet) => {
    const header = options.modified ? 24 : 16
    const record = Buffer.alloc(header + packet.bytes.length)
    const part = Math.floor((packet.nanos ?? 0) / (options.nanoseconds ? 1 : 1000))
    writer(record, bigEndian)
      .u32(packet.seconds)
      .u32(part)
      .u32(packet.bytes.length)
      .u32(packet.wire ?? packet.bytes.length)
      .skip(header - 16)
      .raw(packet.bytes)
    return record
  })
  return Buffer.concat([head, ...records])
}

export type Option = [code: number, value: Uint8Array]

const pad = (length: number) => length + (-length & 3)

/** A pcapng block of any type around `body`. */
export const pcapngBlock = (type: number, body: Uint8Array, bigEndian = false): Buffer => {
  const length = 12 + pad(body.length)
  const block = Buffer.alloc(length)
  writer(block, bigEndian)
    .u32(type)
    .u32(length)
    .raw(body)
    .skip(pad(body.length) - body.length)
    .u32(length)
  return block
}

const optionBytes = (options: readonly Option[], bigEndian: boolean): Buffer => {
  const all = options.map(([code, value]) => {
    const bytes = Buffer.alloc(4 + pad(value.length))
    writer(bytes, bigEndian).u16(code).u16(value.length).raw(value)
    return bytes
  })
  return all.length === 0 ? Buffer.alloc(0) : Buffer.concat([...all, Buffer.alloc(4)])
}

/** Section header block. */
export const pcapngSection = (bigEndian = false, options: readonly Option[] = []): Buffer => {
  const head = Buffer.alloc(16)
  writer(head, bigEndian).u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff)
  return pcapngBlock(0x0a0d0d0a, Buffer.concat([head, optionBytes(options, bigEndian)]), bigEndian)
}

/** Interface description block. */
export const pcapngInterface = (
  linkType: number,
  options: readonly Option[] = [],
  bigEndian = false,
  snap = 0,
): Buffer => {
  const head = Buffer.alloc(8)
  writer(head, bigEndian).u16(linkType).u16(0).u32(snap)
  return pcapngBlock(1, Buffer.concat([head, optionBytes(options, bigEndian)]), bigEndian)
}

interface BlockPacket {
  face?: number
  /** Count of the interface's unit of time. */
  ticks: bigint
  bytes: Uint8Array
  wire?: number
  options?: readonly Option[]
}

/** Enhanced packet block, or the obsolete packet block. */
export const pcapngPacket = (packet: BlockPacket, bigEndian = false, obsolete = false): Buffer => {
  const { bytes, ticks } = packet
  const head = Buffer.alloc(20)
  const put = writer(head, bigEndian)
  if (obsolete) put.u16(packet.face ?? 0).u16(0)
  else put.u32(packet.face ?? 0)
  put
    .u32(Number(ticks >> 32n))
    .u32(Number(ticks & 0xffffffffn))
    .u32(bytes.length)
    .u32(packet.wire ?? bytes.length)
  const data = Buffer.concat([bytes, Buffer.alloc(pad(bytes.length) - bytes.length)])
  const body = Buffer.concat([head, data, optionBytes(packet.options ?? [], bigEndian)])
  return pcapngBlock(obsolete ? 2 : 6, body, bigEndian)
}

/** Interface statistics block, little-endian; `time` in units of the interface. */
export const pcapngStatistics = (
  face: number,
  time: bigint,
  options: readonly Option[],
): Buffer => {
  const head = Buffer.alloc(12)
  writer(head, false)
    .u32(face)
    .u32(Number(time >> 32n))
    .u32(Number(time & 0xffffffffn))
  return pcapngBlock(5, Buffer.concat([head, optionBytes(options, false)]))
}

/** Simple packet block. */
export const pcapngSimplePacket = (
  bytes: Uint8Array,
  wire = bytes.length,
  bigEndian = false,
): Buffer => {
  const head = Buffer.alloc(4)
  writer(head, bigEndian).u32(wire)
  return pcapngBlock(3, Buffer.concat([head, bytes]), bigEndian)
}
