/**
 * Roll-ups of a finished segment: sums by time step and a few fields, in tables whose columns are called as those of flows,
 * so that a question is the same SQL over either. They answer where they know every field that is asked for.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Query, QueryNode } from '@netscope/core/query/query.ts'
import { rowsOf } from './engine.ts'
import type { Measure } from './flow-store.ts'
import { MEASURE_SQL } from './measure-sql.ts'
import type { Segment } from './segment.ts'

export interface RollUp {
  table: 'minutes' | 'ports' | 'hours'
  seconds: number
  /** Fields that it knows. */
  fields: ReadonlySet<string>
  /** Columns of flows that it groups by. */
  columns: readonly string[]
}

const FEW = ['agent', 'interface', 'protocolNumber', 'direction', 'verdict'] as const

/** Of several that know the answer the first one is taken. */
export const ROLL_UPS: readonly RollUp[] = [
  {
    table: 'minutes',
    seconds: 60,
    fields: new Set([...FEW, 'protocol']),
    columns: FEW,
  },
  {
    table: 'ports',
    seconds: 60,
    fields: new Set([...FEW, 'protocol', 'dstPort']),
    columns: [...FEW, 'dstPort'],
  },
  {
    table: 'hours',
    seconds: 3600,
    fields: new Set([...FEW, 'protocol', 'src', 'dst', 'dstPort']),
    columns: [...FEW, 'srcHigh', 'srcLow', 'dstHigh', 'dstLow', 'dstPort'],
  },
]

/** A row of a roll-up takes as much place as two records: of one that has more rows than so many-th of them, too much. */
const WORTH = 20

const SUMS: readonly Measure[] = [
  'flows',
  'srcBytes',
  'dstBytes',
  'srcPackets',
  'dstPackets',
  'droppedPackets',
  'retransmits',
]

const MEASURES_OF_SUMS: Readonly<Record<Measure, string>> = {
  bytes: 'f."srcBytes" + f."dstBytes"',
  packets: 'f."srcPackets" + f."dstPackets"',
  flows: 'f."flows"',
  srcBytes: 'f."srcBytes"',
  dstBytes: 'f."dstBytes"',
  srcPackets: 'f."srcPackets"',
  dstPackets: 'f."dstPackets"',
  droppedPackets: 'f."droppedPackets"',
  retransmits: 'f."retransmits"',
}

/** SQL of what is summed up, of a record or of a row of a roll-up. */
export const measureSql = (measure: Measure, catalog: string, rollUp: RollUp | undefined): string =>
  rollUp ? MEASURES_OF_SUMS[measure] : MEASURE_SQL[measure](catalog)

const selectSql = ({ seconds, columns }: RollUp, { catalog }: Segment): string => {
  const step = `(f."second" // ${seconds} * ${seconds})::UINTEGER AS "second"`
  const keys = columns.map((column) => `f."${column}"`)
  const sums = SUMS.map((sum) => `sum(${MEASURE_SQL[sum](catalog)})::UBIGINT AS "${sum}"`)
  return `SELECT ${[step, ...keys, ...sums].join(', ')} FROM ${catalog}.flows f GROUP BY ALL`
}

/** Makes the roll-ups that are worth it, and marks the segment as sealed. */
export const seal = async (connection: DuckDBConnection, segment: Segment): Promise<void> => {
  const { catalog } = segment
  const made: RollUp[] = []
  await connection.run('BEGIN')
  try {
    for (const rollUp of ROLL_UPS) {
      await connection.run(
        `CREATE TABLE ${catalog}.${rollUp.table} AS ${selectSql(rollUp, segment)}`,
      )
      const [size] = await rowsOf(
        connection,
        `SELECT count(*) AS "rows" FROM ${catalog}.${rollUp.table}`,
      )
      const isWorth = Number(size?.['rows']) * WORTH <= segment.rows
      if (isWorth) made.push(rollUp)
      else await connection.run(`DROP TABLE ${catalog}.${rollUp.table}`)
    }
    const names = ['sealed', ...made.map(({ table }) => table)]
    await connection.run(
      `INSERT INTO ${catalog}.meta VALUES ${names.map((name) => `('${name}', 1)`).join(', ')}`,
    )
    await connection.run('COMMIT')
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
  segment.rollUps.push(...made)
  segment.isSealed = true
}

/** Fields that a query looks at. */
export const fieldsIn = (query: Query | undefined): string[] =>
  query ? fieldsOfNode(query.root) : []

const fieldsOfNode = (node: QueryNode): string[] => {
  if (node.is === 'test') return [...node.field.of]
  if (node.is === 'not') return fieldsOfNode(node.part)
  return node.parts.flatMap(fieldsOfNode)
}

/** The roll-up of the segment that answers in steps of so many seconds. */
export const rollUpFor = (
  segment: Segment,
  fields: readonly string[],
  stepSeconds: number | undefined,
): RollUp | undefined =>
  segment.rollUps.find(
    (rollUp) =>
      fields.every((field) => rollUp.fields.has(field)) &&
      (stepSeconds === undefined || stepSeconds % rollUp.seconds === 0),
  )
