/** A segment: the records of a stretch of time in a database file of its own, with the dictionary that they need. */
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { quote, rowsOf } from './engine.ts'
import { ROLL_UPS } from './roll-ups.ts'
import type { RollUp } from './roll-ups.ts'
import { copyParts, PARTS_TABLE } from './parts.ts'
import { PROCESS_COLUMNS } from './process-columns.ts'
import { DETAIL_COLUMNS, FLOW_COLUMNS } from './stored-columns.ts'
import type { StoredColumn } from './stored-columns.ts'

/** A newer one is not read. A change of the tables is a new number: 2 has columns of details that 1 lacks. */
const SCHEMA_VERSION = 2

export interface Segment {
  readonly number: number
  readonly path: string
  /** Name of the database in SQL while it is attached. */
  readonly catalog: string
  rows: number
  details: number
  /** Earliest and latest second of a last packet in it. */
  firstSecond: number
  lastSecond: number
  /** Nothing is added any more, and its roll-ups are there. */
  isSealed: boolean
  readonly rollUps: RollUp[]
}

export const SEGMENT_FILE = /^(\d{8})\.duckdb$/

export const segmentAt = (folder: string, number: number): Segment => ({
  number,
  path: join(folder, `${String(number).padStart(8, '0')}.duckdb`),
  catalog: `s${number}`,
  rows: 0,
  details: 0,
  firstSecond: Infinity,
  lastSecond: 0,
  isSealed: false,
  rollUps: [],
})

const definitions = (columns: readonly StoredColumn[]): string =>
  columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')

/** Statements that make the tables of a segment. */
const tables = (catalog: string): string[] => [
  `CREATE TABLE ${catalog}.meta("name" VARCHAR, "value" BIGINT)`,
  `INSERT INTO ${catalog}.meta VALUES ('schema', ${SCHEMA_VERSION})`,
  `CREATE TABLE ${catalog}.flows(${definitions(FLOW_COLUMNS)}, "detail" UINTEGER)`,
  `CREATE TABLE ${catalog}.details(${definitions(DETAIL_COLUMNS)}, "id" UINTEGER)`,
  `CREATE TABLE ${catalog}.texts("id" UINTEGER, "text" VARCHAR)`,
  `INSERT INTO ${catalog}.texts VALUES (0, '')`,
  `CREATE TABLE ${catalog}.processes("id" UINTEGER, "info" VARCHAR, ${PROCESS_COLUMNS.map(({ name, sqlType }) => `"${name}" ${sqlType}`).join(', ')})`,
  `CREATE TABLE ${catalog}.positions("agent" VARCHAR, "epoch" DOUBLE, "seq" UINTEGER, "turn" BIGINT, PRIMARY KEY ("agent", "epoch"))`,
  `CREATE TABLE ${catalog}.parts(${PARTS_TABLE})`,
]

export const attach = async (
  connection: DuckDBConnection,
  { path, catalog }: Segment,
  readOnly: boolean,
): Promise<void> => {
  const options = readOnly ? 'READ_ONLY' : "STORAGE_VERSION 'v1.5.0'"
  await connection.run(`ATTACH ${quote(path)} AS ${catalog} (${options})`)
}

export const detach = async (connection: DuckDBConnection, { catalog }: Segment): Promise<void> => {
  await connection.run(`DETACH ${catalog}`)
}

/** Makes the file and its tables, or nothing. `before`: the segment whose positions go on. */
export const createSegment = async (
  connection: DuckDBConnection,
  segment: Segment,
  before: Segment | undefined,
): Promise<void> => {
  await attach(connection, segment, false)
  await connection.run('BEGIN')
  for (const statement of tables(segment.catalog)) await connection.run(statement)
  if (before) {
    await connection.run(copyPositions(before, segment))
    await connection.run(copyParts(before, segment, Date.now()))
  }
  await connection.run('COMMIT')
}

/** Epochs of agents whose last number is remembered; the oldest are forgotten. */
const MAX_POSITIONS = 4096

const copyPositions = (from: Segment, to: Segment): string =>
  `INSERT INTO ${to.catalog}.positions SELECT * FROM ${from.catalog}.positions ORDER BY "turn" DESC LIMIT ${MAX_POSITIONS}`

export type SegmentProblem = 'newer' | 'foreign'

/** Reads what an attached segment holds; says why it can't be used. */
export const readSegment = async (
  connection: DuckDBConnection,
  segment: Segment,
): Promise<SegmentProblem | undefined> => {
  const { catalog } = segment
  const meta = await rowsOf(connection, `SELECT "name", "value" FROM ${catalog}.meta`)
  const values = new Map(meta.map(({ name, value }) => [String(name), Number(value)]))
  const schema = values.get('schema')
  if (schema === undefined) return 'foreign'
  if (schema > SCHEMA_VERSION) return 'newer'
  const [range] = await rowsOf(
    connection,
    `SELECT count(*) AS "rows", min("second") AS "first", max("second") AS "last", max("detail") AS "details" FROM ${catalog}.flows`,
  )
  segment.rows = Number(range?.['rows'])
  segment.details = Number(range?.['details'] ?? 0)
  segment.firstSecond = Number(range?.['first'] ?? Infinity)
  segment.lastSecond = Number(range?.['last'] ?? 0)
  segment.isSealed = values.has('sealed')
  segment.rollUps.push(...ROLL_UPS.filter(({ table }) => values.has(table)))
  return undefined
}

export const isOlder = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<boolean> => {
  const [row] = await rowsOf(
    connection,
    `SELECT "value" FROM ${catalog}.meta WHERE "name" = 'schema'`,
  ).catch(() => [])
  return row !== undefined && Number(row['value']) < SCHEMA_VERSION
}

/** Adds the columns that an older one lacks, at the end: nothing may be appended to it any more. */
export const upgradeSegment = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<void> => {
  await connection.run('BEGIN')
  for (const { name, type } of DETAIL_COLUMNS)
    await connection.run(
      `ALTER TABLE ${catalog}.details ADD COLUMN IF NOT EXISTS "${name}" ${type} DEFAULT 0`,
    )
  await connection.run(
    `UPDATE ${catalog}.meta SET "value" = ${SCHEMA_VERSION} WHERE "name" = 'schema'`,
  )
  await connection.run('COMMIT')
}
