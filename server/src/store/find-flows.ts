/** Single flows out of the history: the page is found by its sort key alone, then read whole. */
import type { DuckDBValue } from '@duckdb/node-api'
import { NetscopeError } from '@netscope/core/errors.ts'
import { addressNumber } from './address-columns.ts'
import { columnSql } from './column-sql.ts'
import type { LinkedColumn } from './column-sql.ts'
import type { FindRequest, FoundFlows, StoredFieldName, StoredFlow } from './flow-store.ts'
import type { Segment } from './segment.ts'
import { select } from './selection.ts'
import type { HistorySource, SelectedRows } from './selection.ts'
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
      break
  }
  return linkedSql(column, segment)
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

interface Page {
  sort: StoredFieldName
  order: 'asc' | 'desc'
  limit: number
  after: Place | undefined
}

const partSql = ({ segment, from }: SelectedRows, sort: StoredFieldName): string =>
  `SELECT f."second" AS "second", ${sortSql(sort, segment).sql} AS "value", ${segment.number} AS "segment", f.rowid AS "row" FROM ${from}`

const readPage = async (
  { engine }: HistorySource,
  parts: readonly SelectedRows[],
  parameters: readonly DuckDBValue[],
  { sort, order, limit, after }: Page,
): Promise<Place[]> => {
  const [first] = parts
  if (!first) return []
  const given = [...parameters]
  let where = ''
  if (after) {
    const { type } = sortSql(sort, first.segment)
    if (!VALUE[type]?.test(after.value)) throw wrongCursor()
    given.push(after.value)
    where = `WHERE ("value", "segment", "row") ${order === 'asc' ? '>' : '<'} ($${given.length}::VARCHAR::${type}, ${after.segment}, ${after.row})`
  }
  // The second comes first where it says nothing new, because the engine can skip by a column.
  const keys = [...(sort === 'lastSeen' ? ['second'] : []), 'value', 'segment', 'row']
  const rows = await engine.read(
    `SELECT "value"::VARCHAR AS "text", "segment", "row" ` +
      `FROM (${parts.map((part) => partSql(part, sort)).join(' UNION ALL ')}) ${where} ` +
      `ORDER BY ${keys.map((key) => `"${key}" ${order.toUpperCase()}`).join(', ')} LIMIT ${limit}`,
    given,
  )
  return rows.map(({ text, segment, row }) => ({
    value: String(text),
    segment: Number(segment),
    row: Number(row),
  }))
}

/** Segments that are read at a time when the first ones may be enough. */
const AT_A_TIME = 3

const compareTimes = (a: Place, b: Place): number =>
  Number(BigInt(a.value) - BigInt(b.value)) || a.segment - b.segment || a.row - b.row

/** By time the segments are read one after the other, until those that are left can't hold any of the page. */
const readByTime = async (
  source: HistorySource,
  parts: readonly SelectedRows[],
  parameters: readonly DuckDBValue[],
  page: Page,
): Promise<Place[]> => {
  const sign = page.order === 'asc' ? 1 : -1
  const edge = ({ segment }: SelectedRows) =>
    page.order === 'asc' ? segment.firstSecond : segment.lastSecond
  const inOrder = parts.toSorted((a, b) => sign * (edge(a) - edge(b)))
  let found: Place[] = []
  for (let from = 0; from < inOrder.length; from += AT_A_TIME) {
    const last = found[page.limit - 1]
    const next = inOrder[from]!
    const second = Number(last?.value) / 1e6
    if (last && (page.order === 'asc' ? edge(next) > second : edge(next) + 1 < second)) break
    const more = await readPage(source, inOrder.slice(from, from + AT_A_TIME), parameters, page)
    found = [...found, ...more].toSorted((a, b) => sign * compareTimes(a, b)).slice(0, page.limit)
  }
  return found
}

export const findFlows = async (
  source: HistorySource,
  request: FindRequest,
): Promise<FoundFlows> => {
  const { sort, order, cursor } = request
  const limit = Math.trunc(request.limit)
  if (limit <= 0) return { flows: [] }
  const { parts, parameters } = select(source, request)
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const read = sort === 'lastSeen' ? readByTime : readPage
  const places = await read(source, parts, parameters, { sort, order, limit: limit + 1, after })
  const hasMore = places.length > limit
  if (hasMore) places.length = limit
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
