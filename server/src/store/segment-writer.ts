/** Writes a stage, the dictionary's fresh entries and the positions into the segment in use, all or nothing. */
import {
  DuckDBDataChunk,
  UBIGINT,
  DOUBLE,
  FLOAT,
  UHUGEINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
} from '@duckdb/node-api'
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { PROCESS_COLUMNS } from './process-columns.ts'
import type { Segment } from './segment.ts'
import type { SegmentDictionary } from './segment-dictionary.ts'
import { COLUMN_BYTES } from './stage.ts'
import type { Stage } from './stage.ts'
import { STORED_COLUMNS } from './stored-columns.ts'

const TYPES = { UTINYINT, USMALLINT, UINTEGER, UBIGINT, FLOAT, DOUBLE, UHUGEINT }
const BYTES = STORED_COLUMNS.map(({ type }) => COLUMN_BYTES[type])

export interface Position {
  agent: string
  epoch: number
  seq: number
}

export interface SegmentWriter {
  /** Resolves when it is on the disk. After an error nothing of it is there, and the writer must be made anew. */
  write(stage: Stage, dictionary: SegmentDictionary, positions: readonly Position[]): Promise<void>
  close(): void
}

export const createSegmentWriter = async (
  connection: DuckDBConnection,
  { catalog }: Segment,
): Promise<SegmentWriter> => {
  const flows = await connection.createAppender('flows', 'main', catalog)
  const texts = await connection.createAppender('texts', 'main', catalog)
  const processes = await connection.createAppender('processes', 'main', catalog)
  const position = await connection.prepare(
    `INSERT OR REPLACE INTO ${catalog}.positions VALUES ($1, $2, $3, $4)`,
  )
  const chunk = DuckDBDataChunk.create(STORED_COLUMNS.map(({ type }) => TYPES[type]))

  const fill = (stage: Stage): void => {
    for (const { rows, columns } of stage.chunks) {
      chunk.rowCount = rows
      for (const [index, buffer] of columns.entries()) {
        const vector = duckdb.data_chunk_get_vector(chunk.chunk, index)
        duckdb.copy_data_to_vector(vector, 0, buffer, 0, rows * BYTES[index]!)
      }
      flows.appendDataChunk(chunk)
    }
    flows.flushSync()
  }

  return {
    async write(stage, dictionary, positions) {
      await connection.run('BEGIN')
      fill(stage)
      addTexts(texts, dictionary.freshTexts)
      addProcesses(processes, dictionary.freshProcesses)
      const turn = BigInt(Date.now())
      for (const { agent, epoch, seq } of positions) {
        position.bind([agent, epoch, seq, turn])
        await position.run()
      }
      await connection.run('COMMIT')
      dictionary.settle()
    },
    close() {
      for (const appender of [flows, texts, processes]) appender.closeSync()
      position.destroySync()
    },
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
