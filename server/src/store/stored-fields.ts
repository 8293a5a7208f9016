/**
 * How the history keeps each field of the flow field table: a new field is one line here. A field without a column of its own
 * follows from others.
 */
import { CONNECT_OUTCOMES, ENRICHMENT, TCP_STATES } from '@netscope/core/enrichment.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import { ENDS, type FlowReader, type Side } from '@netscope/core/flow-record.ts'
import { VERDICTS } from '@netscope/core/slot.ts'

export type UnsignedType = 'UTINYINT' | 'USMALLINT' | 'UINTEGER' | 'UBIGINT'

/**
 * Where it is kept: with every record; or in a row of details, which only a record has that needs it: a column costs as
 * much to write where it is 0. `enrichment`: it is 0 where the record's enrichment is.
 */
export type StoredPlace = 'record' | 'enrichment' | 'rare'

export type StoredField =
  /** `scale`: what is kept is the field's value times this, a whole number. */
  | {
      kind: 'number'
      type: UnsignedType | 'FLOAT'
      scale: number
      cumulative: boolean
      place: StoredPlace
    }
  /** One of a few texts, kept as its index. */
  | { kind: 'choice'; values: readonly string[]; place: StoredPlace }
  /** Offset in the record's bytes of 16 in network order. */
  | { kind: 'address'; side: Side }
  /** Text of a dictionary; gives the agent's id of it. */
  | { kind: 'text'; idOf(reader: FlowReader): number }
  | { kind: 'interface' }
  /** Of the process that owns the socket of that side, in the table of processes. */
  | { kind: 'process'; side: Side; type: 'text' | 'count' | 'time' }
  /** Its SQL is in stored-columns.ts. */
  | { kind: 'derived' }

type NumberType = UnsignedType | 'FLOAT'

const number = (type: NumberType, scale = 1, place: StoredPlace = 'record'): StoredField => ({
  kind: 'number',
  type,
  scale,
  cumulative: false,
  place,
})
/** Counts up while a flow lives: of a part, what came on top since the part before. */
const counter = (place: StoredPlace = 'record', type: UnsignedType = 'UBIGINT'): StoredField => ({
  kind: 'number',
  type,
  scale: 1,
  cumulative: true,
  place,
})
const choice = (values: readonly string[], place: StoredPlace = 'record'): StoredField => ({
  kind: 'choice',
  values,
  place,
})
const rare = (type: NumberType): StoredField => number(type, 1, 'rare')
const extra = (scale = 1): StoredField => number('UINTEGER', scale, 'enrichment')
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
  vlan: rare('USMALLINT'),
  innerVlan: rare('USMALLINT'),
  interface: { kind: 'interface' },
  direction: choice(DIRECTIONS),
  verdict: choice(VERDICTS),
  srcPackets: counter(),
  dstPackets: counter(),
  srcBytes: counter(),
  dstBytes: counter(),
  srcBytesPerSecond: rare('FLOAT'),
  dstBytesPerSecond: rare('FLOAT'),
  srcDroppedPackets: counter('rare'),
  dstDroppedPackets: counter('rare'),
  srcTcpFlags: number('UTINYINT'),
  dstTcpFlags: number('UTINYINT'),
  synCount: counter(),
  synAckCount: counter(),
  finCount: counter(),
  rstCount: counter(),
  handshake: choice(HANDSHAKES),
  handshakeMs: number('UBIGINT', 1e6),
  connect: choice(CONNECT_OUTCOMES, 'enrichment'),
  connectMs: extra(1000),
  srcTcpState: choice(TCP_STATES, 'enrichment'),
  dstTcpState: choice(TCP_STATES, 'enrichment'),
  srcRttMs: extra(1000),
  dstRttMs: extra(1000),
  srcMinRttMs: extra(1000),
  dstMinRttMs: extra(1000),
  srcRttSamples: counter('enrichment', 'UINTEGER'),
  dstRttSamples: counter('enrichment', 'UINTEGER'),
  srcRetransmits: counter('enrichment', 'UINTEGER'),
  dstRetransmits: counter('enrichment', 'UINTEGER'),
  srcCongestionWindow: extra(),
  dstCongestionWindow: extra(),
  srcDeliveryRate: extra(),
  dstDeliveryRate: extra(),
  srcSentBytes: counter('enrichment'),
  dstSentBytes: counter('enrichment'),
  srcReceivedBytes: counter('enrichment'),
  dstReceivedBytes: counter('enrichment'),
  kernelDrops: counter('enrichment', 'UINTEGER'),
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
  fragment: rare('UTINYINT'),
  condensed: rare('UINTEGER'),
  sources: rare('UINTEGER'),
  firstSeen: derived,
  lastSeen: derived,
  durationMs: derived,
  end: choice(ENDS),
}
