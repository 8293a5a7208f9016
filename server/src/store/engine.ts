/** DuckDB in this thread: one instance that segments are attached to, a connection for each kind of work. */
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { NetscopeError } from '@netscope/core/errors.ts'

export interface EngineConfig {
  /** Where the engine may put what does not fit into memory. */
  folder: string
  memoryMb: number
  threads: number
  /** For tests: another limit than half a minute. */
  readWithinMs?: number
}

export type Row = Record<string, DuckDBValue>

export interface Engine {
  readonly writer: DuckDBConnection
  readonly maintainer: DuckDBConnection
  /** Runs on the connection that reads. */
  read(sql: string, parameters?: readonly DuckDBValue[]): Promise<Row[]>
  stop(): void
}

/** A question that takes longer is given up: the others wait for it. */
const READ_WITHIN_MS = 30_000
/** A write-ahead log of this size is worked into the segment: some 200,000 records. */
const CHECKPOINT_AT = '64MiB'

export const startEngine = async (config: EngineConfig): Promise<Engine> => {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${config.memoryMb}MiB`,
    threads: String(config.threads),
    temp_directory: join(config.folder, 'tmp'),
    checkpoint_threshold: CHECKPOINT_AT,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
  })
  const writer = await instance.connect()
  const reader = await instance.connect()
  const maintainer = await instance.connect()
  const withinMs = config.readWithinMs ?? READ_WITHIN_MS
  const read = async (sql: string, parameters?: readonly DuckDBValue[]): Promise<Row[]> => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reader.interrupt()
    }, withinMs)
    try {
      const result = await reader.runAndReadAll(sql, parameters && [...parameters])
      return result.getRowObjects()
    } catch (error) {
      throw isLate ? new NetscopeError('history.too-long', { seconds: withinMs / 1000 }) : error
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    writer,
    maintainer,
    read,
    stop() {
      writer.closeSync()
      reader.closeSync()
      maintainer.closeSync()
      instance.closeSync()
    },
  }
}

export const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<Row[]> =>
  (await connection.runAndReadAll(sql)).getRowObjects()

/** A text as SQL. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
