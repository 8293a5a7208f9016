/** A table of DuckDB that keeps each field in one of the ways that the SQL of queries knows. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { FLOW_FIELDS, type FlowFieldName } from '@netscope/core/flow.ts'
import { type FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import type { ColumnSql } from '@netscope/core/query/query.ts'
import type { ColumnOf } from '@netscope/core/query/sql.ts'

type Value = string | number | bigint | null

interface Kept {
  columns: Readonly<Record<string, string>>
  values(reader: FlowReader): Value[]
  sql: ColumnSql
}

/** The odd ones of two that hold the same type keep it another way. */
const keptField = (name: FlowFieldName, isOdd: boolean): Kept => {
  const { type, read, values, us, at } = FLOW_FIELDS[name]
  const one = (columnType: string, sql: ColumnSql, valueOf: (r: FlowReader) => Value): Kept => ({
    columns: { [name]: columnType },
    values: (r) => [valueOf(r)],
    sql,
  })
  const emptyAsNull = (value: string | number): Value =>
    isOdd && (value === '' || value === 0) ? null : value
  const nullable = isOdd ? ({ nullable: true } as const) : {}
  if (at) return isOdd ? halves(name, at) : whole(name, at)
  if (us) {
    const column = { kind: 'time', sql: `"${name}"`, nullable: true } as const
    const micros = (r: FlowReader) => (Number.isNaN(us(r)) ? null : BigInt(us(r)))
    return isOdd
      ? { ...one('BIGINT', { ...column, unit: 'us' }, micros) }
      : { ...one('TIMESTAMP', { ...column, unit: 'timestamp' }, micros) }
  }
  if (values)
    return one('UTINYINT', { kind: 'coded', sql: `"${name}"`, values, ...nullable }, (r) =>
      isOdd && read(r) === '' ? null : values.indexOf(String(read(r))),
    )
  if (type === 'text' && isOdd) return inDictionary(name)
  if (type === 'text' || type === 'id')
    return one('VARCHAR', { kind: 'text', sql: `"${name}"`, ...nullable }, (r) =>
      emptyAsNull(String(read(r))),
    )
  const isReal = type === 'rate' || type === 'duration'
  const kind = isReal ? 'real' : 'integer'
  const columnType = name.endsWith('PerSecond') ? 'FLOAT' : isReal ? 'DOUBLE' : 'UBIGINT'
  return one(columnType, { kind, sql: `"${name}"`, ...nullable }, (r) => {
    const value = emptyAsNull(Number(read(r)))
    return isReal || value === null ? value : BigInt(value)
  })
}

const bits = (r: FlowReader, at: number): bigint =>
  (r.view.getBigUint64(at) << 64n) | r.view.getBigUint64(at + 8)

const whole = (name: string, at: (r: FlowReader) => number): Kept => ({
  columns: { [name]: 'UHUGEINT' },
  values: (r) => [String(bits(r, at(r)))],
  sql: { kind: 'address', sql: `"${name}"` },
})

const halves = (name: string, at: (r: FlowReader) => number): Kept => ({
  columns: { [`${name}High`]: 'UBIGINT', [`${name}Low`]: 'UBIGINT' },
  values: (r) => [String(r.view.getBigUint64(at(r))), String(r.view.getBigUint64(at(r) + 8))],
  sql: { kind: 'address', high: `"${name}High"`, low: `"${name}Low"` },
})

const inDictionary = (name: FlowFieldName): Kept => ({
  columns: { [name]: 'VARCHAR' },
  values: (r) => [String(FLOW_FIELDS[name].read(r))],
  sql: {
    kind: 'dictionary',
    column: { kind: 'text', sql: 'word' },
    matching: (condition) => `"${name}" IN (SELECT word FROM words WHERE ${condition})`,
    empty: `("${name}" = '')`,
  },
})

export interface QueryTable {
  columnOf: ColumnOf
  /** Numbers of the records for which the condition is true. */
  select(sql: string, parameters: readonly (string | number | bigint)[]): Promise<number[]>
  close(): void
}

const fill = async (
  connection: DuckDBConnection,
  kept: readonly Kept[],
  reader: FlowReader,
  count: number,
) => {
  const columns = kept.flatMap((field) => Object.entries(field.columns))
  const list = columns.map(([name, type]) => `"${name}" ${type}`).join(', ')
  await connection.run(`CREATE TABLE flows (number INTEGER, ${list})`)
  const marks = columns.map(([, type], i) =>
    type === 'TIMESTAMP' ? `make_timestamp($${i + 2}::BIGINT)` : `$${i + 2}::${type}`,
  )
  const insert = `INSERT INTO flows VALUES ($1, ${marks.join(', ')})`
  for (let i = 0; i < count; i++) {
    reader.seek(i * RECORD_BYTES)
    await connection.run(insert, [i, ...kept.flatMap((field) => field.values(reader))])
  }
}

/** A table with the `count` records of `reader`. */
export const createQueryTable = async (reader: FlowReader, count: number): Promise<QueryTable> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const names = Object.keys(FLOW_FIELDS) as FlowFieldName[]
  const kept = new Map(names.map((name, i) => [name as string, keptField(name, i % 2 === 1)]))
  await fill(connection, [...kept.values()], reader, count)
  await connection.run('CREATE TABLE words (word VARCHAR)')
  const words = new Set<string>()
  for (let i = 0; i < count; i++)
    for (const value of Object.values(decodeFlow(reader.seek(i * RECORD_BYTES))))
      words.add(String(value))
  for (const word of words) await connection.run('INSERT INTO words VALUES ($1::VARCHAR)', [word])
  return {
    columnOf: (name) => (name === 'agent' ? { kind: 'text', sql: "'One'" } : kept.get(name)?.sql),
    async select(sql, parameters) {
      const query = `SELECT number FROM flows WHERE ${sql} ORDER BY number`
      const result = await connection.runAndReadAll(query, [...parameters])
      return result.getRows().map(([number]) => Number(number))
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
