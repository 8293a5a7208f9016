/** What flows are sorted by, read from the record without decoding the rest. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FieldType, FlowFieldName } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { SLOT } from '@netscope/core/slot.ts'

/** All keys of one order are of one type. */
export type SortKey =
  | { type: 'number'; read(reader: FlowReader): number }
  | { type: 'text'; read(reader: FlowReader): string }

const number = (read: (reader: FlowReader) => number): SortKey => ({ type: 'number', read })

/** 16 bytes as a string of 16 code units: compares like the bytes, IPv4 by its numbers. */
const address = (side: 'src' | 'dst'): SortKey => ({
  type: 'text',
  read: (reader) => {
    const { buffer, byteOffset } = reader.view
    return Buffer.from(buffer, byteOffset + reader.address(side), 16).toString('latin1')
  },
})

const bothSides = (offset: number): SortKey =>
  number((reader) => reader.u64(reader.slot + offset) + reader.u64(reader.slot + offset + 8))

const {
  srcBytesPerSecond,
  dstBytesPerSecond,
  srcRttMs,
  dstRttMs,
  srcRetransmits,
  dstRetransmits,
  srcProcess,
  dstProcess,
  dstName,
  sni,
} = FLOW_FIELDS

/** Flows whose process is not known come after all others. */
const AFTER_ALL = '\u{10ffff}'

/** Where the shown text sorts wrongly or is dear to make. */
const OWN_KEYS: Readonly<Record<string, SortKey>> = {
  src: address('src'),
  dst: address('dst'),
  firstSeen: number((reader) => reader.context.wallOffsetMs + reader.firstNs() / 1e6),
  lastSeen: number((reader) => reader.context.wallOffsetMs + reader.lastNs() / 1e6),
  bytes: bothSides(SLOT.bytes),
  packets: bothSides(SLOT.packets),
  bytesPerSecond: number(
    (reader) => srcBytesPerSecond.read(reader) + dstBytesPerSecond.read(reader),
  ),
  rttMs: number((reader) => Math.max(srcRttMs.read(reader), dstRttMs.read(reader))),
  retransmits: number((reader) => srcRetransmits.read(reader) + dstRetransmits.read(reader)),
  process: {
    type: 'text',
    read: (reader) => srcProcess.read(reader) || dstProcess.read(reader) || AFTER_ALL,
  },
  name: { type: 'text', read: (reader) => dstName.read(reader) || sni.read(reader) },
}

/** Names that `sort` takes: every field of a flow, and what both sides come to. */
export const SORT_NAMES: readonly string[] = [
  ...Object.keys(FLOW_FIELDS),
  'packets',
  'bytes',
  'bytesPerSecond',
  'rttMs',
  'retransmits',
  'process',
  'name',
]

const TEXT_TYPES = new Set<FieldType>(['id', 'address', 'text', 'time'])

/** `name` is one of SORT_NAMES. */
export const sortKey = (name: string): SortKey => {
  const own = OWN_KEYS[name]
  if (own) return own
  const { type, read } = FLOW_FIELDS[name as FlowFieldName]
  return TEXT_TYPES.has(type)
    ? { type: 'text', read: (reader) => String(read(reader)) }
    : { type: 'number', read: (reader) => Number(read(reader)) }
}
