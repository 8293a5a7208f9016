/** What records are grouped by, in SQL: values that are cheap to group by, and the key that they stand for. */
import type { DuckDBValue } from '@duckdb/node-api'
import { isoMicros } from '@netscope/core/flow-record.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { addressText } from './address-columns.ts'
import { columnSql } from './column-sql.ts'
import type { LinkedColumn } from './column-sql.ts'
import type { Row } from './engine.ts'
import type { GroupKey, GroupName, StoredFieldName } from './flow-store.ts'
import type { Segment } from './segment.ts'

export interface GroupColumn {
  /** Of a record `f`: selects them as "raw0" and, of an address, "raw1". */
  raw: string
  /** From row `g` of those to what is the same in all segments: "key0" and "key1". */
  shared: string
  /** What is grouped and sorted by. */
  keys: string
}

/** Fields that a group name stands for, each with what must hold for it. */
export const fieldsOfGroup = (by: GroupName): [field: StoredFieldName, condition: string][] =>
  by === 'ip'
    ? [
        ['src', 'TRUE'],
        ['dst', '(f."dstLow" <> f."srcLow" OR f."dstHigh" <> f."srcHigh")'],
      ]
    : [[by, 'TRUE']]

const one = (raw: string, shared = 'g."raw0"'): GroupColumn => ({
  raw: `${raw} AS "raw0"`,
  shared: `${shared} AS "key0"`,
  keys: '"key0"',
})

const UNKNOWN: Readonly<Record<string, string>> = { integer: '0', time: 'NULL', text: "''" }

const valueOf = ({ column }: LinkedColumn): string => ('sql' in column ? column.sql : '0')

const ofTable = (column: LinkedColumn, { catalog }: Segment): GroupColumn => {
  const { id, table, alias } = column
  const value = `SELECT ${valueOf(column)} FROM ${catalog}.${table} ${alias} WHERE ${alias}."id" = g."raw0"`
  return one(id, `coalesce((${value}), ${UNKNOWN[column.column.kind] ?? 'NULL'})`)
}

const known = (name: StoredFieldName, catalog: string) => {
  const column = columnSql(name, catalog)
  if (!column) throw new NetscopeError('query.not-kept', { field: name })
  return column
}

/** Throws `query.not-kept`. */
export const groupColumn = (name: StoredFieldName, segment: Segment): GroupColumn => {
  const column = known(name, segment.catalog)
  if (column.kind === 'dictionary') return ofTable(column, segment)
  if ('sql' in column) return one(column.sql)
  return {
    raw: `${column.high} AS "raw0", ${column.low} AS "raw1"`,
    shared: 'g."raw0" AS "key0", g."raw1" AS "key1"',
    keys: '"key0", "key1"',
  }
}

const timeKey = (value: DuckDBValue): string =>
  value === null ? '' : isoMicros(0, Number(value) * 1000)

/** The key of a row of "key0" and "key1". */
export const createKeyOf = (by: GroupName): ((row: Row) => GroupKey) => {
  const found = known(by === 'ip' ? 'src' : by, '')
  const column = found.kind === 'dictionary' ? found.column : found
  switch (column.kind) {
    case 'address':
      return ({ key0, key1 }) => addressText(key0 ?? 0n, key1 ?? 0n)
    case 'integer':
    case 'real':
      return ({ key0 }) => Number(key0)
    case 'time':
      return ({ key0 }) => timeKey(key0 ?? null)
    case 'coded':
      return ({ key0 }) => column.values[Number(key0)] ?? ''
    case 'text':
    case 'dictionary':
      break
  }
  return ({ key0 }) => String(key0)
}
