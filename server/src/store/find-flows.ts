/** Single flows out of the history: the page is found by its sort key alone, then read whole. */
import type { DuckDBValue } from '@duckdb/node-api'
import { NetscopeError } from '@netscope/core/errors.ts'
import { addressNumber } from './address-columns.ts'
import { columnSql } from './column-sql.ts'
import type { LinkedColumn } from './column-sql.ts'
import type { FindRequest, FoundFlows, StoredFieldName, StoredFlow } from './flow-store.ts'
import type { Segment } from './segment.ts'
import { select } from './selection.ts'
import type { HistorySource } from './selection.ts'
import { readFlows } from './stored-row.ts'

interface SortSql {
  sql: string
  type: string
}

/** SQL of what is sorted by, and its type: all flows of one order compare alike, whatever segment they are in. */
const sortSql = (sort: StoredFieldName, segment: Segment): SortSql => {
  const column = columnSql(sort, segment.catalog)
  if (!column) throw new NetscopeError('query.not-kept', { field: sort })
  switch (column.kind) {
    case 'integer':
    case 'real':
      return { sql: `${column.sql}::DOUBLE`, type: 'DOUBLE' }
    case 'time':
      return { sql: `coalesce(${column.sql}, 0)`, type: 'BIGINT' }
    case 'text':
      return { sql: column.sql, type: 'VARCHAR' }
    case 'coded': {
      const texts = column.values.map((text) => `'${text}'`).join(', ')
      return { sql: `([${texts}])[${column.sql} + 1]`, type: 'VARCHAR' }
    }
    case 'address':
      return {
        sql: 'sql' in column ? column.sql : addressNumber(column.high, column.low),
        type: 'UHUGEINT',
      }
    case 'dictionary':
      return linkedSql(column, segment)
  }
}

const linkedSql = ({ column, id, table, alias }: LinkedColumn, { catalog }: Segment): SortSql => {
  const sql = 'sql' in column ? column.sql : '0'
  const [type, unknown] = column.kind === 'text' ? ['VARCHAR', "''"] : ['BIGINT', '0']
  const value = `SELECT ${sql} FROM ${catalog}.${table} ${alias} WHERE ${alias}."id" = ${id}`
  return { sql: `coalesce((${value}), ${unknown})::${type}`, type }
}

interface Place {
  value: string
  segment: number
  row: number
}

const encodeCursor = ({ value, segment, row }: Place): string =>
  Buffer.from(JSON.stringify([value, segment, row])).toString('base64url')

/** Throws `query.invalid`. */
const decodeCursor = (cursor: string): Place => {
  try {
    const [value, segment, row] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString(),
    ) as unknown[]
    if (typeof value === 'string' && Number.isInteger(segment) && Number.isInteger(row))
      return { value, segment: segment as number, row: row as number }
  } catch {
    // Said below.
  }
  throw wrongCursor()
}

const wrongCursor = (): NetscopeError =>
  new NetscopeError('query.invalid', {
    name: 'cursor',
    reason: 'it was not made here, or not by this sort.',
    allowed: '`nextCursor` of the page before',
  })

/** What the engine takes for a value of the type. */
const VALUE: Readonly<Record<string, RegExp>> = {
  DOUBLE: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/,
  BIGINT: /^-?\d{1,18}$/,
  UHUGEINT: /^\d{1,39}$/,
  VARCHAR: /^/,
}

const pageSql = (
  source: HistorySource,
  request: FindRequest,
): { sql: string; parameters: DuckDBValue[] } | undefined => {
  const { sort, order, cursor } = request
  const selection = select(source, request)
  const parameters = [...selection.parameters]
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const parts = selection.parts.map(({ segment, from }) => {
    const { sql } = sortSql(sort, segment)
    return `SELECT f."second" AS "second", ${sql} AS "value", ${segment.number} AS "segment", f.rowid AS "row" FROM ${from}`
  })
  const [first] = selection.parts
  if (!first) return undefined
  let where = ''
  if (after) {
    const { type } = sortSql(sort, first.segment)
    if (!VALUE[type]?.test(after.value)) throw wrongCursor()
    parameters.push(after.value)
    const value = `$${parameters.length}::VARCHAR::${type}`
    where = `WHERE ("value", "segment", "row") ${order === 'asc' ? '>' : '<'} (${value}, ${after.segment}, ${after.row})`
  }
  // The second comes first where it says nothing new, because the engine can skip by a column.
  const keys = [...(sort === 'lastSeen' ? ['second'] : []), 'value', 'segment', 'row']
  const orderBy = keys.map((key) => `"${key}" ${order.toUpperCase()}`).join(', ')
  return {
    sql: `SELECT "value"::VARCHAR AS "text", "segment", "row" FROM (${parts.join(' UNION ALL ')}) ${where} ORDER BY ${orderBy} LIMIT ${Math.trunc(request.limit) + 1}`,
    parameters,
  }
}

export const findFlows = async (
  source: HistorySource,
  request: FindRequest,
): Promise<FoundFlows> => {
  const page = pageSql(source, request)
  if (!page || request.limit <= 0) return { flows: [] }
  const found = await source.engine.read(page.sql, page.parameters)
  const places = found.map(({ text, segment, row }): Place => ({
    value: String(text),
    segment: Number(segment),
    row: Number(row),
  }))
  const hasMore = places.length > request.limit
  if (hasMore) places.length = request.limit
  const last = places.at(-1)
  const flows = await readPlaces(source, places)
  return { flows, ...(hasMore && last && { nextCursor: encodeCursor(last) }) }
}

const readPlaces = async (
  { engine, segments }: HistorySource,
  places: readonly Place[],
): Promise<StoredFlow[]> => {
  const bySegment = Map.groupBy(places, ({ segment }) => segment)
  const flows = new Map<string, StoredFlow>()
  for (const [number, of] of bySegment) {
    const segment = segments.all.find((other) => other.number === number)
    if (!segment) continue
    const rows = of.map(({ row }) => row)
    for (const [row, flow] of await readFlows(engine, segment, rows)) {
      flows.set(`${number} ${row}`, flow)
    }
  }
  return places.flatMap(({ segment, row }) => flows.get(`${segment} ${row}`) ?? [])
}
