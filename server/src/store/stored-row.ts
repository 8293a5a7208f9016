/** Rows of a segment as flows again: what came in is what comes out. */
import { communityId } from '@netscope/core/community-id.ts'
import { isoMicros } from '@netscope/core/flow-record.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import type { Engine, Row } from './engine.ts'
import type { StoredFlow } from './flow-store.ts'
import { addressBytes, addressText } from './address-columns.ts'
import { readProcess } from './process-columns.ts'
import type { Segment } from './segment.ts'
import { STORED_FIELDS } from './stored-fields.ts'
import { DETAIL_COLUMNS, FLOW_COLUMNS } from './stored-columns.ts'

interface Names {
  texts: ReadonlyMap<number, string>
  processes: ReadonlyMap<number, ProcessInfo>
}

type Read = (row: Row, names: Names) => string | number

const bytesOf = (row: Row, name: string): Uint8Array =>
  new Uint8Array(addressBytes(row[`${name}High`] ?? 0n, row[`${name}Low`] ?? 0n).buffer)

const timeOf = (row: Row, column: string): string =>
  isoMicros(Number(row['wallOffsetMs']), Number(row[column]))

const DERIVED: Partial<Record<FlowFieldName, Read>> = {
  id: (row, { texts }) =>
    `${texts.get(Number(row['agent'])) ?? ''}-${Number(row['slot'])}-${Number(row['firstNs']).toString(36)}`,
  communityId: (row) =>
    communityId({
      srcAddr: bytesOf(row, 'src'),
      dstAddr: bytesOf(row, 'dst'),
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
      return (row) => addressText(row[`${name}High`] ?? 0n, row[`${name}Low`] ?? 0n)
    case 'text':
    case 'interface':
      return (row, { texts }) => texts.get(Number(row[name])) ?? ''
    case 'process': {
      const owner = `${field.side}Owner`
      return (row, { processes }) => readProcess(name, processes.get(Number(row[owner])))
    }
    case 'derived':
      break
  }
  return DERIVED[name]!
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
  [...new Set(rows.flatMap((row) => columns.map((column) => Number(row[column] ?? 0))))].join(', ')

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

const quoted = (columns: readonly { name: string }[]): string =>
  columns.map(({ name }) => `"${name}"`).join(', ')
const FLOWS = quoted(FLOW_COLUMNS)
const DETAILS = quoted(DETAIL_COLUMNS)
/** Of a record without details. */
const NO_DETAILS: Row = Object.fromEntries(DETAIL_COLUMNS.map(({ name }) => [name, 0]))

/** Rows of flows with what their details tell. */
const wholeRows = async (
  engine: Engine,
  { catalog }: Segment,
  numbers: readonly number[],
): Promise<Row[]> => {
  const rows = await engine.read(
    `SELECT rowid AS "row", "detail", ${FLOWS} FROM ${catalog}.flows WHERE rowid IN (${numbers.join(', ')})`,
  )
  const found = await engine.read(
    `SELECT "id", ${DETAILS} FROM ${catalog}.details WHERE "id" IN (${idsIn(rows, ['detail'])})`,
  )
  const details = new Map(found.map((row) => [Number(row['id']), row]))
  return rows.map((row) => ({ ...row, ...(details.get(Number(row['detail'])) ?? NO_DETAILS) }))
}

/** The flows in these rows of the segment, by row. */
export const readFlows = async (
  engine: Engine,
  segment: Segment,
  numbers: readonly number[],
): Promise<Map<number, StoredFlow>> => {
  const rows = await wholeRows(engine, segment, numbers)
  const names = await namesOf(engine, segment, rows)
  return new Map(
    rows.map((row) => {
      const flow = Object.fromEntries(READERS.map(([name, read]) => [name, read(row, names)]))
      const agent = names.texts.get(Number(row['agent'])) ?? ''
      return [Number(row['row']), { ...flow, agent } as unknown as StoredFlow]
    }),
  )
}
