/**
 * How the history keeps each field of the flow field table: a new field is one line here. A field without a column of its own
 * follows from others.
 */
import { CONNECT_OUTCOMES, ENRICHMENT, TCP_STATES } from '@netscope/core/enrichment.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import { ENDS, type FlowReader, type Side } from '@netscope/core/flow-record.ts'
import { VERDICTS } from '@netscope/core/slot.ts'

export type UnsignedType = 'UTINYINT' | 'USMALLINT' | 'UINTEGER' | 'UBIGINT'

export type StoredField =
  /** `scale`: what is kept is the field's value times this, a whole number. */
  | { kind: 'number'; type: UnsignedType | 'FLOAT'; scale: number; cumulative: boolean }
  /** One of a few texts, kept as its index. */
  | { kind: 'choice'; values: readonly string[] }
  /** Offset in the record's bytes of 16 in network order. */
  | { kind: 'address'; side: Side }
  /** Text of a dictionary; gives the agent's id of it. */
  | { kind: 'text'; idOf(reader: FlowReader): number }
  | { kind: 'interface' }
  /** Of the process that owns the socket of that side, in the table of processes. */
  | { kind: 'process'; side: Side; type: 'text' | 'count' | 'time' }
  /** Its SQL is in stored-columns.ts. */
  | { kind: 'derived' }

const number = (type: UnsignedType | 'FLOAT', scale = 1): StoredField => ({
  kind: 'number',
  type,
  scale,
  cumulative: false,
})
/** Counts up while a flow lives: of a part, what came on top since the part before. */
const counter = (type: UnsignedType = 'UBIGINT'): StoredField => ({
  kind: 'number',
  type,
  scale: 1,
  cumulative: true,
})
const choice = (values: readonly string[]): StoredField => ({ kind: 'choice', values })
const address = (side: Side): StoredField => ({ kind: 'address', side })
const text = (offset: number, side?: Side): StoredField => ({
  kind: 'text',
  idOf: (reader) => reader.extra32(offset, side),
})
const process = (side: Side, type: 'text' | 'count' | 'time' = 'text'): StoredField => ({
  kind: 'process',
  side,
  type,
})
const derived: StoredField = { kind: 'derived' }

const HANDSHAKES = ['', 'complete', 'refused', 'unanswered', 'midstream'] as const
const DIRECTIONS = ['inbound', 'outbound', 'forwarded'] as const

// oxfmt-ignore
export const STORED_FIELDS: Readonly<Record<FlowFieldName, StoredField>> = {
  id: derived,
  communityId: derived,
  src: address('src'),
  dst: address('dst'),
  srcPort: number('USMALLINT'),
  dstPort: number('USMALLINT'),
  protocol: derived,
  protocolNumber: number('UTINYINT'),
  vlan: number('USMALLINT'),
  innerVlan: number('USMALLINT'),
  interface: { kind: 'interface' },
  direction: choice(DIRECTIONS),
  verdict: choice(VERDICTS),
  srcPackets: counter(),
  dstPackets: counter(),
  srcBytes: counter(),
  dstBytes: counter(),
  srcBytesPerSecond: number('FLOAT'),
  dstBytesPerSecond: number('FLOAT'),
  srcDroppedPackets: counter(),
  dstDroppedPackets: counter(),
  srcTcpFlags: number('UTINYINT'),
  dstTcpFlags: number('UTINYINT'),
  synCount: counter(),
  synAckCount: counter(),
  finCount: counter(),
  rstCount: counter(),
  handshake: choice(HANDSHAKES),
  handshakeMs: number('UBIGINT', 1e6),
  connect: choice(CONNECT_OUTCOMES),
  connectMs: number('UINTEGER', 1000),
  srcTcpState: choice(TCP_STATES),
  dstTcpState: choice(TCP_STATES),
  srcRttMs: number('UINTEGER', 1000),
  dstRttMs: number('UINTEGER', 1000),
  srcMinRttMs: number('UINTEGER', 1000),
  dstMinRttMs: number('UINTEGER', 1000),
  srcRttSamples: counter('UINTEGER'),
  dstRttSamples: counter('UINTEGER'),
  srcRetransmits: counter('UINTEGER'),
  dstRetransmits: counter('UINTEGER'),
  srcCongestionWindow: number('UINTEGER'),
  dstCongestionWindow: number('UINTEGER'),
  srcDeliveryRate: number('UINTEGER'),
  dstDeliveryRate: number('UINTEGER'),
  srcSentBytes: counter(),
  dstSentBytes: counter(),
  srcReceivedBytes: counter(),
  dstReceivedBytes: counter(),
  kernelDrops: counter('UINTEGER'),
  dropReason: text(ENRICHMENT.dropReason),
  srcName: text(ENRICHMENT.name, 'src'),
  dstName: text(ENRICHMENT.name, 'dst'),
  sni: text(ENRICHMENT.sni),
  ja4: text(ENRICHMENT.ja4),
  httpHost: text(ENRICHMENT.httpHost),
  srcProcess: process('src'),
  dstProcess: process('dst'),
  srcPid: process('src', 'count'),
  dstPid: process('dst', 'count'),
  srcUser: process('src'),
  dstUser: process('dst'),
  srcCommandLine: process('src'),
  dstCommandLine: process('dst'),
  srcProcessStarted: process('src', 'time'),
  dstProcessStarted: process('dst', 'time'),
  srcContainer: process('src'),
  dstContainer: process('dst'),
  srcUnit: process('src'),
  dstUnit: process('dst'),
  fragment: number('UTINYINT'),
  firstSeen: derived,
  lastSeen: derived,
  durationMs: derived,
  end: choice(ENDS),
}
