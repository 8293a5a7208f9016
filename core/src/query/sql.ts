/** A query as a condition of DuckDB's SQL: as true as the predicate is of the same flow. */
import { NetscopeError } from '../errors.ts'
import type { Prefix } from '../prefix.ts'
import { UPPER_CASE } from './fold-case.ts'
import { holdsOfUnknown, momentUs, textTest } from './predicate.ts'
import type {
  ColumnSql,
  Comparison,
  Query,
  QueryNode,
  QuerySql,
  QueryTime,
  ValueTest,
} from './query.ts'
import type { QueryField } from './query-field.ts'

/** The column of a field of the field table, or of a sum by its own name; undefined: it is not kept. */
export type ColumnOf = (field: string) => ColumnSql | undefined

type Parameters = QuerySql['parameters']

interface Writing {
  columnOf: ColumnOf
  nowMs: number
  /** Keeps the value; gives `$n::type`. The type is said because numbers of JavaScript have none. */
  parameter(value: Parameters[number], type: string): string
}

const orNull = (condition: string, column: string, isTrueOfUnknown: boolean): string =>
  isTrueOfUnknown
    ? `(${column} IS NULL OR ${condition})`
    : `(${column} IS NOT NULL AND ${condition})`

const listOr = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'FALSE' : `(${conditions.join(' OR ')})`

type NumberColumn = Extract<ColumnSql, { kind: 'integer' | 'real' }>

/**
 * Whole numbers are compared as such, so that the engine can skip blocks by their smallest and largest. Drivers take
 * whole numbers for 64 bits of integer: larger ones go as texts.
 */
const numberParameter = ({ kind }: NumberColumn, value: number, writing: Writing): string => {
  if (kind === 'integer' && Number.isSafeInteger(value))
    return writing.parameter(BigInt(value), 'UBIGINT')
  const isHuge = Number.isInteger(value) && !Number.isSafeInteger(value)
  return writing.parameter(isHuge ? String(value) : value, 'DOUBLE')
}

/** DuckDB holds NaN for more than everything. */
const compareSql = (column: NumberColumn, operator: Comparison, parameter: string): string => {
  const condition = `${column.sql} ${operator} ${parameter}`
  return column.kind === 'real' && operator.startsWith('>')
    ? `(${condition} AND NOT isnan(${column.sql}))`
    : condition
}

const numberSql = (column: NumberColumn, test: ValueTest, writing: Writing): string => {
  const { sql, nullable } = column
  const end = (condition: string) =>
    nullable ? orNull(condition, sql, holdsOfUnknown(test)) : condition
  if (test.kind === 'number')
    return end(compareSql(column, test.operator, numberParameter(column, test.value, writing)))
  if (test.kind === 'bits') {
    const bits = writing.parameter(test.bits, 'INTEGER')
    return end(`(${sql} & ${bits}) = ${bits}`)
  }
  if (test.kind !== 'numbers') throw mismatch(column, test)
  const values = test.values.map((value) => numberParameter(column, value, writing))
  return end(`${sql} IN (${values.join(', ')})`)
}

const timeSql = (
  column: Extract<ColumnSql, { kind: 'time' }>,
  test: ValueTest,
  { nowMs, parameter }: Writing,
): string => {
  const { sql, unit, nullable } = column
  const moment = (time: QueryTime): string => {
    const us = parameter(BigInt(momentUs(time, nowMs)), 'BIGINT')
    return unit === 'us' ? us : `make_timestamp(${us})`
  }
  if (test.kind !== 'time' && test.kind !== 'times') throw mismatch(column, test)
  const condition =
    test.kind === 'time'
      ? `${sql} ${test.operator} ${moment(test.time)}`
      : `${sql} IN (${test.times.map(moment).join(', ')})`
  return nullable ? orNull(condition, sql, false) : condition
}

const LOWER_CASE = UPPER_CASE.toLowerCase()

/** RE2 takes time that grows with the text alone; every sign that could mean something is escaped. */
const regularExpression = (parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^\w\u0080-\uffff]/g, String.raw`\$&`)).join('.*')

/** Texts without wildcards, then those with. */
const patternsSql = (
  sql: string,
  patterns: readonly (readonly string[])[],
  { parameter }: Writing,
): string => {
  const folded = `translate(${sql}, '${UPPER_CASE}', '${LOWER_CASE}')`
  const whole = patterns.flatMap((parts) => (parts.length === 1 ? [parts[0] ?? ''] : []))
  const texts = whole.map((text) => parameter(text, 'VARCHAR'))
  const wild = patterns.filter((parts) => parts.length > 1)
  const conditions = wild.map((parts) => {
    const [first, part = '', last] = parts
    return parts.length === 3 && first === '' && last === ''
      ? `contains(${folded}, ${parameter(part, 'VARCHAR')})`
      : `regexp_full_match(${folded}, ${parameter(regularExpression(parts), 'VARCHAR')}, 's')`
  })
  return listOr([
    ...(texts.length > 0 ? [`${folded} IN (${texts.join(', ')})`] : []),
    ...(conditions.length > 0 ? [`(${sql} <> '' AND ${listOr(conditions)})`] : []),
  ])
}

const textCondition = (sql: string, test: ValueTest, writing: Writing): string => {
  if (test.kind === 'patterns') return patternsSql(sql, test.patterns, writing)
  if (test.kind !== 'texts') throw new TypeError(`no test of a text: ${test.kind}`)
  const texts = test.texts.map((text) => writing.parameter(text, 'VARCHAR'))
  return `${sql} IN (${texts.join(', ')})`
}

/** Codes whose text passes; the test is made here. */
const codedSql = (
  { sql, values, nullable }: Extract<ColumnSql, { kind: 'coded' }>,
  holds: (text: string) => boolean,
  { parameter }: Writing,
): string => {
  const codes = values.flatMap((text, code) => (holds(text) ? [code] : []))
  const conditions = [
    ...(codes.length > 0
      ? [`${sql} IN (${codes.map((code) => parameter(BigInt(code), 'UBIGINT')).join(', ')})`]
      : []),
    // A code that has no text is as unknown as none.
    ...(holds('') ? [`${sql} >= ${parameter(BigInt(values.length), 'UBIGINT')}`] : []),
  ]
  return nullable ? orNull(listOr(conditions), sql, holds('')) : listOr(conditions)
}

const textSql = (column: ColumnSql, test: ValueTest, writing: Writing): string => {
  const holds = textTest(test)
  if (!holds) throw mismatch(column, test)
  if (column.kind === 'coded') return codedSql(column, holds, writing)
  if (column.kind === 'text') {
    const condition = textCondition(column.sql, test, writing)
    return column.nullable ? orNull(condition, column.sql, holds('')) : condition
  }
  throw mismatch(column, test)
}

const dictionarySql = (
  { column, matching, empty }: Extract<ColumnSql, { kind: 'dictionary' }>,
  test: ValueTest,
  writing: Writing,
): string => {
  const condition = matching(columnSql(column, test, writing))
  return holdsOfUnknown(test) ? `(${empty} OR ${condition})` : `(NOT ${empty} AND ${condition})`
}

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)

const HALF = 64n
const LOW_HALF = (1n << HALF) - 1n

const prefixSql = (
  column: Extract<ColumnSql, { kind: 'address' }>,
  { addr, length }: Prefix,
  { parameter }: Writing,
): string => {
  const first = numberOf(addr)
  const last = first | ((1n << BigInt(128 - length)) - 1n)
  const between = (sql: string, from: bigint, to: bigint, type: string): string => {
    // A driver's largest whole number has a sign: the text has no such limit.
    const low = parameter(String(from), type)
    return from === to
      ? `${sql} = ${low}`
      : `${sql} BETWEEN ${low} AND ${parameter(String(to), type)}`
  }
  if (length === 0) return 'TRUE'
  if ('sql' in column) return between(column.sql, first, last, 'UHUGEINT')
  const high = between(column.high, first >> HALF, last >> HALF, 'UBIGINT')
  if (length <= 64) return high
  return `(${high} AND ${between(column.low, first & LOW_HALF, last & LOW_HALF, 'UBIGINT')})`
}

const columnSql = (column: ColumnSql, test: ValueTest, writing: Writing): string => {
  if (column.kind === 'dictionary') return dictionarySql(column, test, writing)
  if (column.kind === 'integer' || column.kind === 'real') return numberSql(column, test, writing)
  if (column.kind === 'time') return timeSql(column, test, writing)
  if (column.kind !== 'address') return textSql(column, test, writing)
  if (test.kind !== 'prefixes') throw mismatch(column, test)
  return listOr(test.prefixes.map((prefix) => prefixSql(column, prefix, writing)))
}

const mismatch = ({ kind }: ColumnSql, test: ValueTest): TypeError =>
  new TypeError(`a column of kind ${kind} cannot be tested for ${test.kind}`)

const kept = (name: string, { columnOf }: Writing): ColumnSql => {
  const column = columnOf(name)
  if (column) return column
  throw new NetscopeError('query.not-kept', { field: name })
}

/** Sums of floating point as in JavaScript: none overflows. */
const sumColumn = ({ name, of }: QueryField, writing: Writing): ColumnSql => {
  const whole = writing.columnOf(name)
  if (whole) return whole
  let kind: 'integer' | 'real' = 'integer'
  const parts = of.map((part) => {
    const column = kept(part, writing)
    if (column.kind !== 'integer' && column.kind !== 'real')
      throw new TypeError(`${part} is no number`)
    if (column.kind === 'real') kind = 'real'
    return column.nullable ? `coalesce(${column.sql}, 0)::DOUBLE` : `${column.sql}::DOUBLE`
  })
  return { kind, sql: `(${parts.join(' + ')})` }
}

const nodeSql = (node: QueryNode, writing: Writing): string => {
  if (node.is === 'not') return `NOT ${nodeSql(node.part, writing)}`
  if (node.is === 'test') {
    const { field, test } = node
    const columns =
      field.combine === 'sum'
        ? [sumColumn(field, writing)]
        : field.of.map((name) => kept(name, writing))
    return listOr(columns.map((column) => columnSql(column, test, writing)))
  }
  if (node.parts.length === 0) return node.is === 'and' ? 'TRUE' : 'FALSE'
  return `(${node.parts.map((part) => nodeSql(part, writing)).join(node.is === 'and' ? ' AND ' : ' OR ')})`
}

/**
 * The query for a store's WHERE. `nowMs`: what times before now count back from. Throws `query.not-kept` where it asks
 * for a field that the store has no column for.
 */
export const sqlOf = (query: Query, columnOf: ColumnOf, nowMs: number): QuerySql => {
  const parameters: Parameters = []
  const parameter: Writing['parameter'] = (value, type) => `$${parameters.push(value)}::${type}`
  return { sql: nodeSql(query.root, { columnOf, nowMs, parameter }), parameters }
}
