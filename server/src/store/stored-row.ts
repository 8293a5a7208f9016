/** Rows of a segment as flows again: what came in is what comes out. */
import { encodePrefix } from '@netscope/core/prefix.ts'
import { communityId } from '@netscope/core/community-id.ts'
import { isoMicros } from '@netscope/core/flow-record.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Engine, Row } from './engine.ts'
import type { StoredFlow } from './flow-store.ts'
import { addressText } from './group-column.ts'
import { readProcess } from './process-columns.ts'
import type { Segment } from './segment.ts'
import { STORED_FIELDS } from './stored-fields.ts'
import { STORED_COLUMNS } from './stored-columns.ts'

interface Names {
  texts: ReadonlyMap<number, string>
  processes: ReadonlyMap<number, ProcessInfo>
}

type Read = (row: Row, names: Names) => string | number

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  encodePrefix(text, bytes, 0)
  return bytes.subarray(4)
}

const timeOf = (row: Row, column: string): string =>
  isoMicros(Number(row['wallOffsetMs']), Number(row[column]))

const DERIVED: Partial<Record<FlowFieldName, Read>> = {
  id: (row, { texts }) =>
    `${texts.get(Number(row['agent'])) ?? ''}-${Number(row['slot'])}-${Number(row['firstNs']).toString(36)}`,
  communityId: (row) =>
    communityId({
      srcAddr: bytesOf(addressText(row['src'] ?? 0n)),
      dstAddr: bytesOf(addressText(row['dst'] ?? 0n)),
      srcPort: Number(row['srcPort']),
      dstPort: Number(row['dstPort']),
      protocol: Number(row['protocolNumber']),
    }),
  protocol: (row) => protocolName(Number(row['protocolNumber'])),
  firstSeen: (row) => timeOf(row, 'firstNs'),
  lastSeen: (row) => timeOf(row, 'lastNs'),
  durationMs: (row) => (Number(row['lastNs']) - Number(row['firstNs'])) / 1e6,
}

const readOf = (name: FlowFieldName): Read => {
  const field = STORED_FIELDS[name]
  switch (field.kind) {
    case 'number':
      return field.scale === 1
        ? (row) => Number(row[name])
        : (row) => Number(row[name]) / field.scale
    case 'choice':
      return (row) => field.values[Number(row[name])] ?? ''
    case 'address':
      return (row) => addressText(row[name] ?? 0n)
    case 'text':
    case 'interface':
      return (row, { texts }) => texts.get(Number(row[name])) ?? ''
    case 'process': {
      const owner = `${field.side}Owner`
      return (row, { processes }) => readProcess(name, processes.get(Number(row[owner])))
    }
    case 'derived':
      return DERIVED[name]!
  }
}

const READERS = (Object.keys(STORED_FIELDS) as FlowFieldName[]).map(
  (name) => [name, readOf(name)] as const,
)

const TEXT_COLUMNS = [
  'agent',
  ...(Object.keys(STORED_FIELDS) as FlowFieldName[]).filter((name) =>
    ['text', 'interface'].includes(STORED_FIELDS[name].kind),
  ),
]
const OWNER_COLUMNS = ['srcOwner', 'dstOwner']

const idsIn = (rows: readonly Row[], columns: readonly string[]): string =>
  [...new Set(rows.flatMap((row) => columns.map((column) => Number(row[column]))))].join(', ')

const namesOf = async (engine: Engine, { catalog }: Segment, rows: Row[]): Promise<Names> => {
  const texts = await engine.read(
    `SELECT "id", "text" FROM ${catalog}.texts WHERE "id" IN (${idsIn(rows, TEXT_COLUMNS)})`,
  )
  const processes = await engine.read(
    `SELECT "id", "info" FROM ${catalog}.processes WHERE "id" IN (${idsIn(rows, OWNER_COLUMNS)})`,
  )
  return {
    texts: new Map(texts.map(({ id, text }) => [Number(id), String(text)])),
    processes: new Map(
      processes.map(({ id, info }) => [Number(id), JSON.parse(String(info)) as ProcessInfo]),
    ),
  }
}

const SELECTED = STORED_COLUMNS.map(({ name }) => `"${name}"`).join(', ')

/** The flows in these rows of the segment, by row. */
export const readFlows = async (
  engine: Engine,
  segment: Segment,
  numbers: readonly number[],
): Promise<Map<number, StoredFlow>> => {
  const rows = await engine.read(
    `SELECT rowid AS "row", ${SELECTED} FROM ${segment.catalog}.flows WHERE rowid IN (${numbers.join(', ')})`,
  )
  const names = await namesOf(engine, segment, rows)
  return new Map(
    rows.map((row) => {
      const flow = Object.fromEntries(READERS.map(([name, read]) => [name, read(row, names)]))
      const agent = names.texts.get(Number(row['agent'])) ?? ''
      return [Number(row['row']), { ...flow, agent } as unknown as StoredFlow]
    }),
  )
}
