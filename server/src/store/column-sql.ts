/** How the fields of a flow are said in SQL of a segment: `f` is its table of flows. */
import type { FlowFieldName } from '@netscope/core/flow.ts'
import type { ColumnSql } from '@netscope/core/query/query.ts'
import { PROTOCOL_NAMES } from '@netscope/core/protocol.ts'
import { processColumn } from './process-columns.ts'
import { columnRef } from './stored-columns.ts'
import { STORED_FIELDS } from './stored-fields.ts'
import type { StoredFieldName } from './flow-store.ts'

/** Microseconds since 1970, rounded as FlowReader.time does. */
const wallUs = (column: string): string =>
  `((floor(f."wallOffsetMs") * 1000)::BIGINT + ` +
  `round((f."wallOffsetMs" - floor(f."wallOffsetMs")) * 1000 + f."${column}"::DOUBLE / 1000)::BIGINT)`

export const LAST_US = wallUs('lastNs')

const PROTOCOLS = Array.from(
  { length: 256 },
  (_, number) => PROTOCOL_NAMES[number] ?? String(number),
)

/** A column that stands in a table of the segment, by number. */
export type LinkedColumn = Extract<ColumnSql, { kind: 'dictionary' }> & {
  /** SQL of the number. */
  id: string
  table: 'texts' | 'processes'
  /** Name of the table's row in `column`. */
  alias: 't' | 'p'
}

const linked = (
  id: string,
  table: LinkedColumn['table'],
  column: ColumnSql,
  catalog: string,
): LinkedColumn => {
  const alias = table === 'texts' ? 't' : 'p'
  return {
    kind: 'dictionary',
    column,
    matching: (condition) =>
      `${id} IN (SELECT ${alias}."id" FROM ${catalog}.${table} ${alias} WHERE ${condition})`,
    empty: `${id} = 0`,
    id,
    table,
    alias,
  }
}

const textOf = (catalog: string, column: string): LinkedColumn =>
  linked(columnRef(column, catalog), 'texts', { kind: 'text', sql: 't."text"' }, catalog)

const DERIVED: Partial<
  Record<
    StoredFieldName,
    (catalog: string) => Exclude<ColumnSql, { kind: 'dictionary' }> | undefined
  >
> = {
  id: (catalog) => ({
    kind: 'text',
    sql: `((SELECT t."text" FROM ${catalog}.texts t WHERE t."id" = f."agent") || '-' || f."slot" || '-' || lower(to_base(least(f."firstNs", 9223372036854775807::UBIGINT)::BIGINT, 36)))`,
  }),
  // SHA-1 of every row of a day takes too long to be offered.
  communityId: () => undefined,
  protocol: () => ({ kind: 'coded', sql: 'f."protocolNumber"', values: PROTOCOLS }),
  firstSeen: () => ({ kind: 'time', sql: wallUs('firstNs'), unit: 'us' }),
  lastSeen: () => ({ kind: 'time', sql: LAST_US, unit: 'us' }),
  durationMs: () => ({ kind: 'real', sql: '((f."lastNs" - f."firstNs")::DOUBLE / 1e6)' }),
}

/** undefined: the history does not keep it in a way that can be asked for. */
export const columnSql = (
  name: string,
  catalog: string,
): Exclude<ColumnSql, { kind: 'dictionary' }> | LinkedColumn | undefined => {
  if (name === 'agent') return textOf(catalog, 'agent')
  const field = STORED_FIELDS[name as FlowFieldName]
  if (!field) return undefined
  const sql = columnRef(name, catalog)
  switch (field.kind) {
    case 'number':
      if (field.scale !== 1) return { kind: 'real', sql: `(${sql}::DOUBLE / ${field.scale})` }
      return { kind: field.type === 'FLOAT' ? 'real' : 'integer', sql }
    case 'choice':
      return { kind: 'coded', sql, values: field.values }
    case 'address':
      return { kind: 'address', high: `f."${name}High"`, low: `f."${name}Low"` }
    case 'text':
    case 'interface':
      return textOf(catalog, name)
    case 'process': {
      const id = columnRef(`${field.side}Owner`, catalog)
      return linked(id, 'processes', processColumn(name as FlowFieldName, 'p'), catalog)
    }
    case 'derived':
      break
  }
  return DERIVED[name as FlowFieldName]?.(catalog)
}
