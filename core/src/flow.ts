/**
 * The flow field table: what a flow record consists of. The type `Flow`, the decoder, the API, the
 * columns of the page and the reference come from it. A new field is one line here and one in bpf/flow.h.
 */
import { formatAddress } from './address.ts'
import { communityId } from './community-id.ts'
import { protocolName } from './protocol.ts'
import { KEY, PATH_EGRESS, PATH_FORWARDED, SLOT, SLOT_BYTES, VERDICTS } from './slot.ts'

/** A flow on the uplink: u32 slot, u32 end, f32 bytes/s of lo, f32 bytes/s of hi, then the slot as it is in the kernel. */
export const RECORD_HEADER_BYTES = 16
export const RECORD_BYTES = RECORD_HEADER_BYTES + SLOT_BYTES

/** Why a flow ended; index = the record's `end`. */
export const ENDS = ['', 'idle', 'closed', 'reset', 'forced'] as const
export type End = (typeof ENDS)[number]

/** What the bytes of a record need from outside to become a flow. */
export interface FlowContext {
  agent: string
  /** Milliseconds since 1970 when the record's clock was 0. */
  wallOffsetMs: number
  interfaceName(ifindex: number): string
}

/** One record in a buffer; `src` is the side that sent first. */
export class FlowReader {
  readonly view: DataView
  readonly context: FlowContext
  /** Start of the record, of its slot and of the slot's key. */
  at = 0
  slot = 0
  key = 0
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

type Side = 'src' | 'dst'

/** ISO 8601 with microseconds, UTC, of a time on a clock whose 0 was at `wallOffsetMs`. */
export const isoMicros = (wallOffsetMs: number, ns: number): string => {
  const whole = Math.floor(wallOffsetMs)
  const micros = Math.round((wallOffsetMs - whole) * 1000 + ns / 1000)
  const ms = Math.floor(micros / 1000)
  const rest = String(micros - ms * 1000).padStart(3, '0')
  return new Date(whole + ms).toISOString().replace('Z', `${rest}Z`)
}

export type FieldType =
  | 'id'
  | 'address'
  | 'port'
  | 'count'
  | 'bytes'
  | 'rate'
  | 'text'
  | 'time'
  | 'duration'
  | 'flags'

interface Field<T> {
  type: FieldType
  label: string
  description: string
  read(r: FlowReader): T
}

const field = <T>(
  type: FieldType,
  label: string,
  description: string,
  read: (r: FlowReader) => T,
): Field<T> => ({
  type,
  label,
  description,
  read,
})

// oxfmt-ignore
export const FLOW_FIELDS = {
  id: field('id', 'Id', 'This entry of this agent, unique as long as it is kept.', (r) =>
    `${r.context.agent}-${r.view.getUint32(r.at, true)}-${r.firstNs().toString(36)}`),
  communityId: field('id', 'Community ID', 'Community ID v1, the public name of the 5-tuple.', (r) => communityIdOf(r)),
  src: field('address', 'Source', 'Address of the side that sent first (the client).', (r) => formatAddress(r.view, r.address('src'))),
  dst: field('address', 'Destination', 'Address of the other side.', (r) => formatAddress(r.view, r.address('dst'))),
  srcPort: field('port', 'Source port', 'Port of src; of ICMP the type.', (r) => r.port('src')),
  dstPort: field('port', 'Port', 'Port of dst; of ICMP the type of the answer, or the code.', (r) => r.port('dst')),
  protocol: field('text', 'Protocol', 'Name of the IP protocol, or its number where it has no name here.', (r) => protocolName(r.view.getUint8(r.key + KEY.protocol))),
  protocolNumber: field('count', 'Protocol number', 'IANA protocol number.', (r) => r.view.getUint8(r.key + KEY.protocol)),
  vlan: field('count', 'VLAN', 'Outer VLAN id, 0 without a tag.', (r) => r.key16(KEY.vlan)),
  innerVlan: field('count', 'Inner VLAN', 'Second VLAN id of QinQ, 0 without one.', (r) => r.key16(KEY.innerVlan)),
  interface: field('text', 'Interface', 'Name of the interface where it was counted.', (r) => r.context.interfaceName(r.view.getUint32(r.key + KEY.ifindex, true))),
  direction: field('text', 'Direction', 'inbound or outbound as the client is outside or on this host; forwarded.', (r) => directionOf(r)),
  verdict: field('text', 'Verdict', 'PASS, DROP (deny list), SKIP (allow list) or SSH (never dropped).', (r) => VERDICTS[r.view.getUint8(r.slot + SLOT.verdict) & 3] ?? 'PASS'),
  srcPackets: field('count', 'Packets out', 'Wire packets that src sent, dropped ones included.', (r) => r.pair64(SLOT.packets, 'src')),
  dstPackets: field('count', 'Packets in', 'Wire packets that dst sent, dropped ones included.', (r) => r.pair64(SLOT.packets, 'dst')),
  srcBytes: field('bytes', 'Bytes out', 'L3 bytes that src sent.', (r) => r.pair64(SLOT.bytes, 'src')),
  dstBytes: field('bytes', 'Bytes in', 'L3 bytes that dst sent.', (r) => r.pair64(SLOT.bytes, 'dst')),
  srcBytesPerSecond: field('rate', 'Rate out', 'L3 bytes per second that src sent in the last second seen.', (r) => r.view.getFloat32(r.at + 8 + 4 * r.side('src'), true)),
  dstBytesPerSecond: field('rate', 'Rate in', 'L3 bytes per second that dst sent in the last second seen.', (r) => r.view.getFloat32(r.at + 8 + 4 * r.side('dst'), true)),
  srcDroppedPackets: field('count', 'Dropped out', 'Of srcPackets, those that we dropped.', (r) => r.pair64(SLOT.droppedPackets, 'src')),
  dstDroppedPackets: field('count', 'Dropped in', 'Of dstPackets, those that we dropped.', (r) => r.pair64(SLOT.droppedPackets, 'dst')),
  srcTcpFlags: field('flags', 'Flags out', 'TCP flags that src sent, ORed (RFC 9293: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128).', (r) => r.pair8(SLOT.tcpFlags, 'src')),
  dstTcpFlags: field('flags', 'Flags in', 'TCP flags that dst sent, ORed.', (r) => r.pair8(SLOT.tcpFlags, 'dst')),
  synCount: field('count', 'SYN', 'SYN without ACK of both sides.', (r) => r.pair32(SLOT.syn, 'src') + r.pair32(SLOT.syn, 'dst')),
  synAckCount: field('count', 'SYN-ACK', 'SYN with ACK of both sides.', (r) => r.pair32(SLOT.synAck, 'src') + r.pair32(SLOT.synAck, 'dst')),
  finCount: field('count', 'FIN', 'FIN of both sides.', (r) => r.pair32(SLOT.fin, 'src') + r.pair32(SLOT.fin, 'dst')),
  rstCount: field('count', 'RST', 'RST of both sides.', (r) => r.pair32(SLOT.rst, 'src') + r.pair32(SLOT.rst, 'dst')),
  handshake: field('text', 'Handshake', 'TCP: complete, refused, unanswered or midstream; empty otherwise.', (r) => handshakeOf(r)),
  fragment: field('count', 'Fragments only', '1: later IP fragments whose first one was not seen; ports are unknown.', (r) => r.view.getUint8(r.key + KEY.fragment)),
  firstSeen: field('time', 'First seen', 'Time of the first packet, ISO 8601 with microseconds, UTC.', (r) => r.time(r.firstNs())),
  lastSeen: field('time', 'Last seen', 'Time of the last packet (kernel tick, 1 to 10 ms).', (r) => r.time(r.lastNs())),
  durationMs: field('duration', 'Duration', 'Milliseconds from first to last packet.', (r) => (r.lastNs() - r.firstNs()) / 1e6),
  end: field('text', 'End', 'Why it ended: idle, closed, reset or forced; empty while it lives.', (r) => ENDS[r.view.getUint32(r.at + 4, true)] ?? ''),
} as const

export type FlowFieldName = keyof typeof FLOW_FIELDS
export type Flow = { [Name in FlowFieldName]: ReturnType<(typeof FLOW_FIELDS)[Name]['read']> }

const FIELD_ENTRIES = Object.entries(FLOW_FIELDS)

/** The flow of the record that `reader` stands at. */
export const decodeFlow = (reader: FlowReader): Flow =>
  Object.fromEntries(FIELD_ENTRIES.map(([name, { read }]) => [name, read(reader)])) as Flow

const communityIdOf = (r: FlowReader): string => {
  const address = (side: Side) =>
    new Uint8Array(r.view.buffer, r.view.byteOffset + r.address(side), 16)
  return communityId({
    srcAddr: address('src'),
    dstAddr: address('dst'),
    srcPort: r.port('src'),
    dstPort: r.port('dst'),
    protocol: r.view.getUint8(r.key + KEY.protocol),
  })
}

const directionOf = (r: FlowReader): string => {
  const path = r.pair8(SLOT.path, 'src')
  if (path & PATH_FORWARDED) return 'forwarded'
  return path & PATH_EGRESS ? 'outbound' : 'inbound'
}

const TCP = 6

const handshakeOf = (r: FlowReader): string => {
  if (r.view.getUint8(r.key + KEY.protocol) !== TCP) return ''
  if (r.pair32(SLOT.syn, 'src') === 0) return 'midstream'
  if (r.pair32(SLOT.synAck, 'dst') > 0) return 'complete'
  return r.pair32(SLOT.rst, 'dst') > 0 ? 'refused' : 'unanswered'
}
