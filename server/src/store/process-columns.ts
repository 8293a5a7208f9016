/** The table of processes in a segment: who a process is as JSON, and a column for each field that follows from it. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowFieldName } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { ColumnSql } from '@netscope/core/query/query.ts'
import { STORED_FIELDS } from './stored-fields.ts'

type ProcessType = 'text' | 'count' | 'time'

const SQL_TYPE: Readonly<Record<ProcessType, string>> = {
  text: 'VARCHAR',
  count: 'UINTEGER',
  time: 'BIGINT',
}

interface ProcessColumn {
  name: string
  sqlType: string
  read(process: ProcessInfo): string | number | bigint | null
}

/** `srcPid` and `dstPid` are one column. */
const columnName = (field: FlowFieldName): string => field.slice(3)

/** A reader of a record whose both sides belong to this process. */
const readerOf = (process: ProcessInfo | undefined): FlowReader =>
  ({ process: () => process }) as unknown as FlowReader

/** What a field says of a flow whose socket on its side is this process's. */
export const readProcess = (
  field: FlowFieldName,
  process: ProcessInfo | undefined,
): string | number => FLOW_FIELDS[field].read(readerOf(process))

const timeUs = (iso: string): bigint | null => {
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? null : BigInt(ms) * 1000n
}

export const PROCESS_COLUMNS: readonly ProcessColumn[] = (
  Object.keys(STORED_FIELDS) as FlowFieldName[]
).flatMap((field) => {
  const stored = STORED_FIELDS[field]
  if (stored.kind !== 'process' || stored.side !== 'src') return []
  const read = (process: ProcessInfo) => readProcess(field, process)
  return [
    {
      name: columnName(field),
      sqlType: SQL_TYPE[stored.type],
      read: stored.type === 'time' ? (process) => timeUs(String(read(process))) : read,
    },
  ]
})

/** SQL of the field in the row `alias` of the table of processes. */
export const processColumn = (field: FlowFieldName, alias: string): ColumnSql => {
  const stored = STORED_FIELDS[field]
  const sql = `${alias}."${columnName(field)}"`
  if (stored.kind !== 'process') throw new TypeError(`${field} is not of a process`)
  if (stored.type === 'time') return { kind: 'time', sql, unit: 'us', nullable: true }
  return stored.type === 'count' ? { kind: 'integer', sql } : { kind: 'text', sql }
}
