/** Writes a stage, the dictionary's fresh entries and the positions into the segment in use, all or nothing. */
import {
  DuckDBDataChunk,
  DOUBLE,
  FLOAT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
} from '@duckdb/node-api'
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { setImmediate as others } from 'node:timers/promises'
import { writeParts } from './parts.ts'
import type { Parts } from './parts.ts'
import { PROCESS_COLUMNS } from './process-columns.ts'
import type { Segment } from './segment.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import { COLUMN_BYTES } from './stage.ts'
import type { Stage, StagedChunk } from './stage.ts'
import { DETAIL_COLUMNS, FLOW_COLUMNS } from './stored-columns.ts'
import type { StoredColumn } from './stored-columns.ts'

/** Chunks handed to the engine at a time: in between, others have their turn. */
const FLUSH_CHUNKS = 4

const TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT, FLOAT, DOUBLE }

export interface Position {
  agent: string
  epoch: number
  seq: number
}

export interface SegmentWriter {
  /** Resolves when it is on the disk. After an error nothing of it is there, and the writer must be made anew. */
  write(
    stage: Stage,
    dictionary: SegmentDictionary,
    positions: readonly Position[],
    parts: Parts,
  ): Promise<void>
  close(): void
}

export const createSegmentWriter = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<SegmentWriter> => {
  const table = async (name: string, columns: readonly StoredColumn[]) =>
    createTableAppender(await connection.createAppender(name, 'main', catalog), columns)
  const flows = await table('flows', FLOW_COLUMNS)
  const details = await table('details', DETAIL_COLUMNS)
  const texts = await connection.createAppender('texts', 'main', catalog)
  const processes = await connection.createAppender('processes', 'main', catalog)
  const position = await connection.prepare(
    `INSERT OR REPLACE INTO ${catalog}.positions VALUES ($1, $2, $3, $4)`,
  )
  return {
    async write(stage, dictionary, positions, parts) {
      await connection.run('BEGIN')
      await flows.append(stage.flows)
      await details.append(stage.details)
      addTexts(texts, dictionary.freshTexts)
      addProcesses(processes, dictionary.freshProcesses)
      const turn = BigInt(Date.now())
      for (const { agent, epoch, seq } of positions) {
        position.bind([agent, epoch, seq, turn])
        await position.run()
      }
      await writeParts(connection, { catalog }, parts, Number(turn))
      await connection.run('COMMIT')
      dictionary.settle()
      parts.settle()
    },
    close() {
      for (const appender of [flows, details, texts, processes]) appender.closeSync()
      position.destroySync()
    },
  }
}

/** Appends staged columns as they lie in memory, and the one that links the tables behind them. */
const createTableAppender = (appender: DuckDBAppender, columns: readonly StoredColumn[]) => {
  const types = [...columns.map(({ type }) => type), 'UINTEGER' as const]
  const bytes = types.map((type) => COLUMN_BYTES[type])
  const chunk = DuckDBDataChunk.create(types.map((type) => TYPES[type]))
  return {
    async append(chunks: readonly StagedChunk[]): Promise<void> {
      for (const [number, { rows, columns }] of chunks.entries()) {
        chunk.rowCount = rows
        for (const [index, buffer] of columns.entries()) {
          const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
          duckdb.copy_data_to_vector(vector, 0, buffer, 0, rows * bytes[index]!)
        }
        appender.appendDataChunk(chunk)
        if (number % FLUSH_CHUNKS === FLUSH_CHUNKS - 1) {
          appender.flushSync()
          await others()
        }
      }
      appender.flushSync()
    },
    closeSync: () => appender.closeSync(),
  }
}

const addTexts = (appender: DuckDBAppender, texts: SegmentDictionary['freshTexts']): void => {
  for (const [id, text] of texts) {
    appender.appendUInteger(id)
    appender.appendVarchar(text)
    appender.endRow()
  }
  appender.flushSync()
}

const addProcesses = (
  appender: DuckDBAppender,
  processes: SegmentDictionary['freshProcesses'],
): void => {
  for (const [id, process] of processes) {
    appender.appendUInteger(id)
    appender.appendVarchar(JSON.stringify(process))
    for (const { sqlType, read } of PROCESS_COLUMNS) {
      const value = read(process)
      if (value === null) appender.appendNull()
      else if (sqlType === 'VARCHAR') appender.appendVarchar(String(value))
      else if (sqlType === 'UINTEGER') appender.appendUInteger(Number(value))
      else appender.appendBigInt(BigInt(value))
    }
    appender.endRow()
  }
  appender.flushSync()
}
