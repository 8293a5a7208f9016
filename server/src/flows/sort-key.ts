/** What flows are sorted by, read from the record without decoding the rest. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName, FlowReader } from '@netscope/core/flow.ts'
import { SLOT } from '@netscope/core/slot.ts'

/** All keys of one order are of one type. */
export type SortKey = (reader: FlowReader) => number | string

const sum = (a: FlowFieldName, b: FlowFieldName): SortKey => {
  const [first, second] = [FLOW_FIELDS[a].read, FLOW_FIELDS[b].read]
  return (reader) => Number(first(reader)) + Number(second(reader))
}

/** 16 bytes as a string of 16 code units: compares like the bytes, IPv4 by its numbers. */
const address = (reader: FlowReader, at: number): string =>
  Buffer.from(reader.view.buffer, reader.view.byteOffset + at, 16).toString('latin1')

/** Where the shown text sorts wrongly or is dear to make. */
const OWN_KEYS: Record<string, SortKey> = {
  src: (reader) => address(reader, reader.address('src')),
  dst: (reader) => address(reader, reader.address('dst')),
  firstSeen: (reader) => reader.context.wallOffsetMs + reader.firstNs() / 1e6,
  lastSeen: (reader) => reader.context.wallOffsetMs + reader.lastNs() / 1e6,
  bytes: (reader) => bothSides(reader, SLOT.bytes),
  packets: (reader) => bothSides(reader, SLOT.packets),
  bytesPerSecond: sum('srcBytesPerSecond', 'dstBytesPerSecond'),
}

const bothSides = (reader: FlowReader, offset: number): number =>
  reader.u64(reader.slot + offset) + reader.u64(reader.slot + offset + 8)

/** Names that `sort` takes: every field of a flow, and sums of both sides. */
export const SORT_NAMES: readonly string[] = [
  ...Object.keys(FLOW_FIELDS),
  'packets',
  'bytes',
  'bytesPerSecond',
]

export const sortKey = (name: string): SortKey => {
  const own = OWN_KEYS[name]
  if (own) return own
  const read = FLOW_FIELDS[name as FlowFieldName].read
  return read
}
