/** The columns of a flow record in the history, and what writes them: from the table of stored fields. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { KEY } from '@netscope/core/slot.ts'
import { STORED_FIELDS } from './stored-fields.ts'
import type { UnsignedType } from './stored-fields.ts'

export type ColumnType = UnsignedType | 'FLOAT' | 'DOUBLE' | 'UHUGEINT'

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
  /** Of an address the offset of its bytes. */
  read(reader: FlowReader, ids: SegmentIds): number
  /** Grows while the flow lives. */
  cumulative: boolean
}

const column = (name: string, type: ColumnType, read: StoredColumn['read']): StoredColumn => ({
  name,
  type,
  read,
  cumulative: false,
})

/** Seconds since 1970 of the last packet: what a range is cut by. */
export const lastSecond = (reader: FlowReader): number =>
  Math.max(0, Math.floor(reader.us(reader.lastNs()) / 1e6))

/** Not in the flow field table: what its derived fields follow from. */
const OWN_COLUMNS: readonly StoredColumn[] = [
  column('second', 'UINTEGER', lastSecond),
  column('lastNs', 'UBIGINT', (r) => r.lastNs()),
  column('firstNs', 'UBIGINT', (r) => r.firstNs()),
  column('wallOffsetMs', 'DOUBLE', (r) => r.context.wallOffsetMs),
  column('agent', 'UINTEGER', (_, ids) => ids.agent),
  column('slot', 'UINTEGER', (r) => r.view.getUint32(r.at, true)),
  column('srcOwner', 'UINTEGER', (r, ids) => ids.process(r.extra32(ENRICHMENT.process, 'src'))),
  column('dstOwner', 'UINTEGER', (r, ids) => ids.process(r.extra32(ENRICHMENT.process, 'dst'))),
]

const columnsOf = (name: FlowFieldName): StoredColumn[] => {
  const field = STORED_FIELDS[name]
  const read = FLOW_FIELDS[name].read as (reader: FlowReader) => string | number
  switch (field.kind) {
    case 'number': {
      const { type, scale, cumulative } = field
      const value = read as (reader: FlowReader) => number
      const scaled = scale === 1 ? value : (r: FlowReader) => Math.round(value(r) * scale)
      return [{ name, type, read: scaled, cumulative }]
    }
    case 'choice': {
      const codes = new Map(field.values.map((text, code) => [text, code]))
      return [column(name, 'UTINYINT', (r) => codes.get(read(r) as string) ?? 0)]
    }
    case 'address':
      return [column(name, 'UHUGEINT', (r) => r.address(field.side))]
    case 'text':
      return [column(name, 'UINTEGER', (r, ids) => ids.text(field.idOf(r)))]
    case 'interface':
      return [
        column(name, 'UINTEGER', (r, ids) =>
          ids.interface(r.view.getUint32(r.key + KEY.ifindex, true)),
        ),
      ]
    case 'process':
    case 'derived':
      return []
  }
}

/** In the order of the table in a segment. */
export const STORED_COLUMNS: readonly StoredColumn[] = [
  ...OWN_COLUMNS,
  ...(Object.keys(STORED_FIELDS) as FlowFieldName[]).flatMap(columnsOf),
]

/** Those of which a part of a flow that lives long holds the difference. */
export const CUMULATIVE_COLUMNS = STORED_COLUMNS.flatMap(({ cumulative }, index) =>
  cumulative ? [index] : [],
)
