/**
 * The flow field table: what a flow record consists of. The type `Flow`, the decoder, the API, the
 * columns of the page and the reference come from it. A new field is one line here and one in bpf/flow.h or in
 * core/src/enrichment.ts.
 */
import { formatAddress } from './address.ts'
import { communityId } from './community-id.ts'
import { CONNECT_OUTCOMES, ENRICHMENT, TCP_STATES } from './enrichment.ts'
import { ENDS, type FlowReader, type Side } from './flow-record.ts'
import { PROTOCOLS, protocolName } from './protocol.ts'
import { KEY, PATH_EGRESS, PATH_FORWARDED, SLOT, VERDICTS } from './slot.ts'

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

/** What queries (core/src/query) must know beside the type. */
interface QueryFacts {
  /** All texts that it can have; others are refused. */
  values?: readonly string[]
  /** What a query means by both sides together is their sum, not either of them. */
  both?: 'sum'
  /** Name that also looks here, beside the fields of the two sides. */
  partOf?: string
  /** Of a time: microseconds since 1970, NaN unknown; what is shown is this. */
  us?: (r: FlowReader) => number
  /** Of an address: where its 16 bytes are. */
  at?: (r: FlowReader) => number
}

interface Field<T> extends QueryFacts {
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
  facts: QueryFacts = {},
): Field<T> => ({
  type,
  label,
  description,
  read,
  ...facts,
})

const DIRECTIONS = ['inbound', 'outbound', 'forwarded'] as const
const HANDSHAKES = ['', 'complete', 'refused', 'unanswered', 'midstream'] as const

// oxfmt-ignore
export const FLOW_FIELDS = {
  id: field('id', 'Id', 'This entry of this agent, unique as long as it is kept.', (r) =>
    `${r.context.agent}-${r.view.getUint32(r.at, true)}-${r.firstNs().toString(36)}`),
  communityId: field('id', 'Community ID', 'Community ID v1, the public name of the 5-tuple.', (r) => communityIdOf(r)),
  src: field('address', 'Source', 'Address of the side that sent first (the client).', (r) => formatAddress(r.view, r.address('src')), { at: (r) => r.address('src') }),
  dst: field('address', 'Destination', 'Address of the other side.', (r) => formatAddress(r.view, r.address('dst')), { at: (r) => r.address('dst') }),
  srcPort: field('port', 'Source port', 'Port of src; of ICMP the type.', (r) => r.port('src')),
  dstPort: field('port', 'Port', 'Port of dst; of ICMP the type of the answer, or the code.', (r) => r.port('dst')),
  protocol: field('text', 'Protocol', 'Name of the IP protocol, or its number where it has no name here.', (r) => protocolName(r.view.getUint8(r.key + KEY.protocol)), { values: PROTOCOLS }),
  protocolNumber: field('count', 'Protocol number', 'IANA protocol number.', (r) => r.view.getUint8(r.key + KEY.protocol)),
  vlan: field('count', 'VLAN', 'Outer VLAN id, 0 without a tag.', (r) => r.key16(KEY.vlan)),
  innerVlan: field('count', 'Inner VLAN', 'Second VLAN id of QinQ, 0 without one.', (r) => r.key16(KEY.innerVlan)),
  interface: field('text', 'Interface', 'Name of the interface where it was counted.', (r) => r.context.interfaceName(r.view.getUint32(r.key + KEY.ifindex, true))),
  direction: field('text', 'Direction', 'inbound or outbound as the client is outside or on this host; forwarded.', (r) => directionOf(r), { values: DIRECTIONS }),
  verdict: field('text', 'Verdict', 'PASS, DROP (deny list), SKIP (allow list) or SSH (never dropped).', (r) => VERDICTS[r.view.getUint8(r.slot + SLOT.verdict) & 3] ?? 'PASS', { values: VERDICTS }),
  srcPackets: field('count', 'Packets out', 'Wire packets that src sent, dropped ones included.', (r) => r.pair64(SLOT.packets, 'src'), { both: 'sum' }),
  dstPackets: field('count', 'Packets in', 'Wire packets that dst sent, dropped ones included.', (r) => r.pair64(SLOT.packets, 'dst')),
  srcBytes: field('bytes', 'Bytes out', 'L3 bytes that src sent.', (r) => r.pair64(SLOT.bytes, 'src'), { both: 'sum' }),
  dstBytes: field('bytes', 'Bytes in', 'L3 bytes that dst sent.', (r) => r.pair64(SLOT.bytes, 'dst')),
  srcBytesPerSecond: field('rate', 'Rate out', 'L3 bytes per second that src sent in the last second seen.', (r) => r.view.getFloat32(r.at + 8 + 4 * r.side('src'), true), { both: 'sum' }),
  dstBytesPerSecond: field('rate', 'Rate in', 'L3 bytes per second that dst sent in the last second seen.', (r) => r.view.getFloat32(r.at + 8 + 4 * r.side('dst'), true)),
  srcDroppedPackets: field('count', 'Dropped out', 'Of srcPackets, those that we dropped.', (r) => r.pair64(SLOT.droppedPackets, 'src'), { both: 'sum' }),
  dstDroppedPackets: field('count', 'Dropped in', 'Of dstPackets, those that we dropped.', (r) => r.pair64(SLOT.droppedPackets, 'dst')),
  srcTcpFlags: field('flags', 'Flags out', 'TCP flags that src sent, ORed (RFC 9293: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128).', (r) => r.pair8(SLOT.tcpFlags, 'src')),
  dstTcpFlags: field('flags', 'Flags in', 'TCP flags that dst sent, ORed.', (r) => r.pair8(SLOT.tcpFlags, 'dst')),
  synCount: field('count', 'SYN', 'SYN without ACK of both sides.', (r) => r.pair32(SLOT.syn, 'src') + r.pair32(SLOT.syn, 'dst')),
  synAckCount: field('count', 'SYN-ACK', 'SYN with ACK of both sides.', (r) => r.pair32(SLOT.synAck, 'src') + r.pair32(SLOT.synAck, 'dst')),
  finCount: field('count', 'FIN', 'FIN of both sides.', (r) => r.pair32(SLOT.fin, 'src') + r.pair32(SLOT.fin, 'dst')),
  rstCount: field('count', 'RST', 'RST of both sides.', (r) => r.pair32(SLOT.rst, 'src') + r.pair32(SLOT.rst, 'dst')),
  handshake: field('text', 'Handshake', 'TCP: complete, refused, unanswered or midstream; empty otherwise.', (r) => handshakeOf(r), { values: HANDSHAKES }),
  handshakeMs: field('duration', 'Handshake time', 'TCP: milliseconds from the first SYN to the SYN-ACK as seen at the interface; 0 unknown.', (r) => handshakeMsOf(r)),
  connect: field('text', 'Connect', 'How the connect of a client on this host ended: connected, refused, timed-out (no answer, though it was asked again) or aborted (given up before); empty otherwise.', (r) => CONNECT_OUTCOMES[r.extra8(ENRICHMENT.outcome)] ?? '', { values: CONNECT_OUTCOMES }),
  connectMs: field('duration', 'Connect time', 'Milliseconds that the connect of a client on this host took; 0 unknown.', (r) => r.extra32(ENRICHMENT.connectUs) / 1000),
  srcTcpState: field('text', 'TCP state of src', 'State of the socket of src, if it is on this host.', (r) => TCP_STATES[r.extra8(ENRICHMENT.tcpState, 'src')] ?? '', { values: TCP_STATES }),
  dstTcpState: field('text', 'TCP state of dst', 'State of the socket of dst, if it is on this host.', (r) => TCP_STATES[r.extra8(ENRICHMENT.tcpState, 'dst')] ?? '', { values: TCP_STATES }),
  srcRttMs: field('duration', 'RTT of src', 'Smoothed round trip time that the socket of src measures, milliseconds; 0 unknown.', (r) => r.extra32(ENRICHMENT.srttUs, 'src') / 1000),
  dstRttMs: field('duration', 'RTT of dst', 'Smoothed round trip time that the socket of dst measures, milliseconds; 0 unknown.', (r) => r.extra32(ENRICHMENT.srttUs, 'dst') / 1000),
  srcMinRttMs: field('duration', 'Smallest RTT of src', 'Smallest round trip time of the socket of src of the last minutes, milliseconds; 0 unknown.', (r) => r.extra32(ENRICHMENT.minRttUs, 'src') / 1000),
  dstMinRttMs: field('duration', 'Smallest RTT of dst', 'Smallest round trip time of the socket of dst of the last minutes, milliseconds; 0 unknown.', (r) => r.extra32(ENRICHMENT.minRttUs, 'dst') / 1000),
  srcRttSamples: field('count', 'RTT samples of src', 'Round trips that the socket of src has measured.', (r) => r.extra32(ENRICHMENT.rttSamples, 'src'), { both: 'sum' }),
  dstRttSamples: field('count', 'RTT samples of dst', 'Round trips that the socket of dst has measured.', (r) => r.extra32(ENRICHMENT.rttSamples, 'dst')),
  srcRetransmits: field('count', 'Retransmissions of src', 'TCP segments that the socket of src has sent again.', (r) => r.extra32(ENRICHMENT.retransmits, 'src'), { both: 'sum' }),
  dstRetransmits: field('count', 'Retransmissions of dst', 'TCP segments that the socket of dst has sent again.', (r) => r.extra32(ENRICHMENT.retransmits, 'dst')),
  srcCongestionWindow: field('count', 'Congestion window of src', 'Segments that the socket of src may have under way.', (r) => r.extra32(ENRICHMENT.congestionWindow, 'src')),
  dstCongestionWindow: field('count', 'Congestion window of dst', 'Segments that the socket of dst may have under way.', (r) => r.extra32(ENRICHMENT.congestionWindow, 'dst')),
  srcDeliveryRate: field('rate', 'Delivery rate of src', 'Payload bytes per second that the socket of src last saw delivered.', (r) => r.extra32(ENRICHMENT.deliveryRate, 'src')),
  dstDeliveryRate: field('rate', 'Delivery rate of dst', 'Payload bytes per second that the socket of dst last saw delivered.', (r) => r.extra32(ENRICHMENT.deliveryRate, 'dst')),
  srcSentBytes: field('bytes', 'Sent by src', 'Payload bytes that the socket of src has sent (acknowledged; with tracing those that its program sent).', (r) => r.extra64(ENRICHMENT.sentBytes, 'src'), { both: 'sum' }),
  dstSentBytes: field('bytes', 'Sent by dst', 'Payload bytes that the socket of dst has sent.', (r) => r.extra64(ENRICHMENT.sentBytes, 'dst')),
  srcReceivedBytes: field('bytes', 'Received by src', 'Payload bytes that the socket of src has received (with tracing those that its program read).', (r) => r.extra64(ENRICHMENT.receivedBytes, 'src'), { both: 'sum' }),
  dstReceivedBytes: field('bytes', 'Received by dst', 'Payload bytes that the socket of dst has received.', (r) => r.extra64(ENRICHMENT.receivedBytes, 'dst')),
  kernelDrops: field('count', 'Dropped by the kernel', 'Packets of this flow that the kernel dropped, our lists apart; needs tracing.', (r) => r.extra32(ENRICHMENT.drops)),
  dropReason: field('text', 'Drop reason', "The kernel's name for why it dropped most of them.", (r) => r.text(ENRICHMENT.dropReason)),
  srcName: field('text', 'Name of src', 'Host name of src, from DNS answers that passed here.', (r) => r.text(ENRICHMENT.name, 'src')),
  dstName: field('text', 'Name of dst', 'Host name of dst that src asked for, from DNS answers that passed here.', (r) => r.text(ENRICHMENT.name, 'dst')),
  sni: field('text', 'TLS server name', 'Server name that the client asked for in TLS or QUIC.', (r) => r.text(ENRICHMENT.sni), { partOf: 'name' }),
  ja4: field('text', 'JA4', "JA4 fingerprint of the client's TLS.", (r) => r.text(ENRICHMENT.ja4)),
  httpHost: field('text', 'HTTP host', 'Host of clear-text HTTP, if asked for by observe.httpHost.', (r) => r.text(ENRICHMENT.httpHost), { partOf: 'name' }),
  srcProcess: field('text', 'Process of src', 'Command name of the process that owns the socket of src, if it is on this host.', (r) => r.process('src')?.command ?? ''),
  dstProcess: field('text', 'Process of dst', 'Command name of the process that owns the socket of dst, if it is on this host.', (r) => r.process('dst')?.command ?? ''),
  srcPid: field('count', 'Process id of src', 'Process id (thread group) of the owner of the socket of src; 0 unknown.', (r) => r.process('src')?.pid ?? 0),
  dstPid: field('count', 'Process id of dst', 'Process id (thread group) of the owner of the socket of dst; 0 unknown.', (r) => r.process('dst')?.pid ?? 0),
  srcUser: field('text', 'User of src', 'User of the process of src, its number where it has no name.', (r) => userOf(r, 'src')),
  dstUser: field('text', 'User of dst', 'User of the process of dst, its number where it has no name.', (r) => userOf(r, 'dst')),
  srcCommandLine: field('text', 'Command line of src', 'Command line of the process of src, secrets masked.', (r) => r.process('src')?.commandLine ?? ''),
  dstCommandLine: field('text', 'Command line of dst', 'Command line of the process of dst, secrets masked.', (r) => r.process('dst')?.commandLine ?? ''),
  srcProcessStarted: field('time', 'Start of process of src', 'When the process of src began, ISO 8601, UTC; empty unknown.', (r) => startOf(r, 'src'), { us: (r) => startUsOf(r, 'src') }),
  dstProcessStarted: field('time', 'Start of process of dst', 'When the process of dst began, ISO 8601, UTC; empty unknown.', (r) => startOf(r, 'dst'), { us: (r) => startUsOf(r, 'dst') }),
  srcContainer: field('text', 'Container of src', 'Container of the process of src as runtime:id, the id cut to 12 characters.', (r) => containerOf(r, 'src')),
  dstContainer: field('text', 'Container of dst', 'Container of the process of dst as runtime:id, the id cut to 12 characters.', (r) => containerOf(r, 'dst')),
  srcUnit: field('text', 'Unit of src', 'systemd unit of the process of src.', (r) => r.process('src')?.unit ?? ''),
  dstUnit: field('text', 'Unit of dst', 'systemd unit of the process of dst.', (r) => r.process('dst')?.unit ?? ''),
  fragment: field('count', 'Fragments only', '1: later IP fragments whose first one was not seen; ports are unknown.', (r) => r.view.getUint8(r.key + KEY.fragment)),
  condensed: field('count', 'Flows condensed', 'Flows of a flood that this record sums up, its src 0.0.0.0 or :: if they came from several addresses; 0: a flow of its own.', (r) => r.condensed()),
  sources: field('count', 'Sources', 'Of a record that sums up a flood: addresses that the flood has come from so far, estimated (± 3 %); 0: a flow of its own.', (r) => r.extra32(ENRICHMENT.sources)),
  firstSeen: field('time', 'First seen', 'Time of the first packet, ISO 8601 with microseconds, UTC.', (r) => r.time(r.firstNs()), { us: (r) => r.us(r.firstNs()) }),
  lastSeen: field('time', 'Last seen', 'Time of the last packet (kernel tick, 1 to 10 ms).', (r) => r.time(r.lastNs()), { us: (r) => r.us(r.lastNs()) }),
  durationMs: field('duration', 'Duration', 'Milliseconds from first to last packet.', (r) => (r.lastNs() - r.firstNs()) / 1e6),
  end: field('text', 'End', 'Why it ended: idle, closed, reset or forced; empty while it lives.', (r) => ENDS[r.view.getUint32(r.at + 4, true)] ?? '', { values: ENDS }),
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
  // Of a summary no handshake is complete, whatever the victim has answered.
  if (r.condensed() > 0 && r.pair32(SLOT.rst, 'dst') === 0) return 'unanswered'
  if (r.pair32(SLOT.synAck, 'dst') > 0 && r.condensed() === 0) return 'complete'
  return r.pair32(SLOT.rst, 'dst') > 0 ? 'refused' : 'unanswered'
}

/** SYN and SYN-ACK are the first packets of their sides, and firstNs is exact. */
const handshakeMsOf = (r: FlowReader): number => {
  const ns = r.pair64(SLOT.firstNs, 'dst') - r.pair64(SLOT.firstNs, 'src')
  return handshakeOf(r) === 'complete' && ns > 0 ? ns / 1e6 : 0
}

const userOf = (r: FlowReader, side: Side): string => {
  const process = r.process(side)
  return process ? (process.user ?? String(process.uid)) : ''
}

const startOf = (r: FlowReader, side: Side): string => {
  const started = new Date(r.process(side)?.startMs ?? Number.NaN)
  return Number.isNaN(started.getTime()) ? '' : started.toISOString()
}

const startUsOf = (r: FlowReader, side: Side): number =>
  Math.trunc(r.process(side)?.startMs ?? Number.NaN) * 1000

const SHORT_ID = 12

const containerOf = (r: FlowReader, side: Side): string => {
  const container = r.process(side)?.container
  return container ? `${container.runtime}:${container.id.slice(0, SHORT_ID)}` : ''
}
