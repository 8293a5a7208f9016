/** The columns of a flow record in the history, and what writes them: from the table of stored fields. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import { ENRICHMENT, ENRICHMENT_BYTES } from '@netscope/core/enrichment.ts'
import type { FlowReader, Side } from '@netscope/core/flow-record.ts'
import { KEY } from '@netscope/core/slot.ts'
import { STORED_FIELDS } from './stored-fields.ts'
import type { StoredPlace, UnsignedType } from './stored-fields.ts'

export type ColumnType = UnsignedType | 'FLOAT' | 'DOUBLE'

/** Numbers in the segment's tables for what the agent means by an id of its own. */
export interface SegmentIds {
  readonly agent: number
  text(id: number): number
  process(id: number): number
  interface(ifindex: number): number
}

export interface StoredColumn {
  name: string
  type: ColumnType
  place: StoredPlace
  /** Of a half of an address the offset of its bytes. */
  half?: true
  read(reader: FlowReader, ids: SegmentIds): number
  /** Grows while the flow lives. */
  cumulative: boolean
}

const column = (
  name: string,
  type: ColumnType,
  read: StoredColumn['read'],
  place: StoredPlace = 'record',
): StoredColumn => ({ name, type, place, read, cumulative: false })

/** Seconds since 1970 of the last packet: what a range is cut by. */
export const lastSecond = (reader: FlowReader): number =>
  Math.max(0, Math.floor(reader.us(reader.lastNs()) / 1e6))

const owner = (name: string, side: Side): StoredColumn =>
  column(
    name,
    'UINTEGER',
    (r, ids) => ids.process(r.extra32(ENRICHMENT.process, side)),
    'enrichment',
  )

/** Not in the flow field table: what its derived fields follow from. */
const OWN_COLUMNS: readonly StoredColumn[] = [
  column('second', 'UINTEGER', lastSecond),
  column('lastNs', 'UBIGINT', (r) => r.lastNs()),
  column('firstNs', 'UBIGINT', (r) => r.firstNs()),
  column('wallOffsetMs', 'DOUBLE', (r) => r.context.wallOffsetMs),
  column('agent', 'UINTEGER', (_, ids) => ids.agent),
  column('slot', 'UINTEGER', (r) => r.view.getUint32(r.at, true)),
  owner('srcOwner', 'src'),
  owner('dstOwner', 'dst'),
]

const columnsOf = (name: FlowFieldName): StoredColumn[] => {
  const field = STORED_FIELDS[name]
  const read = FLOW_FIELDS[name].read as (reader: FlowReader) => string | number
  switch (field.kind) {
    case 'number': {
      const { type, scale, cumulative, place } = field
      const value = read as (reader: FlowReader) => number
      const scaled = scale === 1 ? value : (r: FlowReader) => Math.round(value(r) * scale)
      return [{ name, type, place, read: scaled, cumulative }]
    }
    case 'choice': {
      const codes = new Map(field.values.map((text, code) => [text, code]))
      return [column(name, 'UTINYINT', (r) => codes.get(read(r) as string) ?? 0, field.place)]
    }
    case 'address':
      return [
        { ...column(`${name}High`, 'UBIGINT', (r) => r.address(field.side)), half: true },
        { ...column(`${name}Low`, 'UBIGINT', (r) => r.address(field.side) + 8), half: true },
      ]
    case 'text':
      return [column(name, 'UINTEGER', (r, ids) => ids.text(field.idOf(r)), 'enrichment')]
    case 'interface':
      return [
        column(name, 'UINTEGER', (r, ids) =>
          ids.interface(r.view.getUint32(r.key + KEY.ifindex, true)),
        ),
      ]
    case 'process':
    case 'derived':
      break
  }
  return []
}

const ALL: readonly StoredColumn[] = [
  ...OWN_COLUMNS,
  ...(Object.keys(STORED_FIELDS) as FlowFieldName[]).flatMap(columnsOf),
]

/** In the order of the tables of a segment: every record has a row of flows, some have one of details. */
export const FLOW_COLUMNS = ALL.filter(({ place }) => place === 'record')
export const DETAIL_COLUMNS = ALL.filter(({ place }) => place !== 'record')

/** SQL of a column of the record `f`. */
export const columnRef = (name: string, catalog: string): string =>
  IN_FLOWS.has(name)
    ? `f."${name}"`
    : `coalesce((SELECT d."${name}" FROM ${catalog}.details d WHERE d."id" = f."detail"), 0)`

const IN_FLOWS = new Set(FLOW_COLUMNS.map(({ name }) => name))

const RARE = DETAIL_COLUMNS.filter(({ place }) => place === 'rare')

/** Whether any column of details is not 0. */
export const hasDetails = (reader: FlowReader, ids: SegmentIds): boolean => {
  const { view, enrichment } = reader
  for (let at = 0; at < ENRICHMENT_BYTES; at += 4)
    if (view.getUint32(enrichment + at, true) !== 0) return true
  return RARE.some(({ read }) => read(reader, ids) !== 0)
}
