/** What records are grouped by, in SQL: a value that is cheap to group by, and the key that it stands for. */
import type { DuckDBValue } from '@duckdb/node-api'
import { formatAddress } from '@netscope/core/address.ts'
import { isoMicros } from '@netscope/core/flow-record.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { ColumnSql } from '@netscope/core/query/query.ts'
import { columnSql } from './column-sql.ts'
import type { GroupKey, StoredFieldName } from './flow-store.ts'
import type { Segment } from './segment.ts'

export interface GroupColumn {
  /** Of a record `f`. */
  raw: string
  /** From the raw value `g."raw"` to what is the same in all segments. */
  shared: string
  /** From the shared value to the key. */
  keyOf(value: DuckDBValue): GroupKey
}

const idColumn = (column: Extract<ColumnSql, { kind: 'dictionary' }>): string =>
  column.empty.slice(0, column.empty.indexOf(' = '))

/** Table of the dictionary that its condition looks in, from `matching`. */
const dictionaryColumn = (
  column: Extract<ColumnSql, { kind: 'dictionary' }>,
  { catalog }: Segment,
): GroupColumn => {
  const inner = column.column
  const sql = 'sql' in inner ? inner.sql : ''
  const [table, alias] = sql.startsWith('p.') ? ['processes', 'p'] : ['texts', 't']
  const isNumber = inner.kind === 'integer'
  const unknown = isNumber ? '0' : inner.kind === 'time' ? 'NULL' : "''"
  return {
    raw: idColumn(column),
    shared: `coalesce((SELECT ${sql} FROM ${catalog}.${table} ${alias} WHERE ${alias}."id" = g."raw"), ${unknown})`,
    keyOf: inner.kind === 'time' ? timeKey : (value) => (isNumber ? Number(value) : String(value)),
  }
}

const timeKey = (value: DuckDBValue): string =>
  value === null ? '' : isoMicros(0, Number(value) * 1000)

/** Text of 16 bytes as a number. */
export const addressText = (value: DuckDBValue): string => {
  const view = new DataView(new ArrayBuffer(16))
  const number = BigInt(value as bigint)
  view.setBigUint64(0, number >> 64n)
  view.setBigUint64(8, number & 0xffff_ffff_ffff_ffffn)
  return formatAddress(view, 0)
}

/** Throws `query.not-kept`. */
export const groupColumn = (name: StoredFieldName, segment: Segment): GroupColumn => {
  const column = columnSql(name, segment.catalog)
  if (!column) throw new NetscopeError('query.not-kept', { field: name })
  if (column.kind === 'dictionary') return dictionaryColumn(column, segment)
  const raw = 'sql' in column ? column.sql : ''
  const plain = (keyOf: GroupColumn['keyOf']): GroupColumn => ({ raw, shared: 'g."raw"', keyOf })
  switch (column.kind) {
    case 'integer':
    case 'real':
      return plain(Number)
    case 'text':
      return plain(String)
    case 'time':
      return plain(timeKey)
    case 'coded':
      return plain((code) => column.values[Number(code)] ?? '')
    case 'address':
      return plain(addressText)
  }
}
