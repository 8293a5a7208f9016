/** Flow records as columns in memory, on their way to a segment: decoded once, in pieces as the engine takes them. */
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { STORED_COLUMNS } from './stored-columns.ts'
import type { ColumnType, SegmentIds } from './stored-columns.ts'

/** Rows of one data chunk of DuckDB (STANDARD_VECTOR_SIZE). */
export const CHUNK_ROWS = 2048

export const COLUMN_BYTES: Readonly<Record<ColumnType, number>> = {
  UTINYINT: 1,
  USMALLINT: 2,
  UINTEGER: 4,
  FLOAT: 4,
  UBIGINT: 8,
  DOUBLE: 8,
  UHUGEINT: 16,
}

/** Numbers in JavaScript have 53 bits: a u64 is written as two halves. */
const TWO_32 = 4_294_967_296

type Put = (row: number, value: number, reader: FlowReader) => void

/** Writes values of the type into `buffer`; the machine is little-endian, as the engine expects. */
const createPut = (type: ColumnType, buffer: ArrayBuffer): Put => {
  switch (type) {
    case 'UTINYINT':
      return putInto(new Uint8Array(buffer))
    case 'USMALLINT':
      return putInto(new Uint16Array(buffer))
    case 'UINTEGER':
      return putInto(new Uint32Array(buffer))
    case 'FLOAT':
      return putInto(new Float32Array(buffer))
    case 'DOUBLE':
      return putInto(new Float64Array(buffer))
    case 'UBIGINT': {
      const words = new Uint32Array(buffer)
      return (row, value) => {
        words[2 * row] = value
        words[2 * row + 1] = value / TWO_32
      }
    }
    case 'UHUGEINT': {
      const words = new Uint32Array(buffer)
      return (row, at, { view }) => {
        for (let i = 0; i < 4; i++) words[4 * row + i] = view.getUint32(at + 12 - 4 * i)
      }
    }
  }
}

const putInto =
  (array: Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array): Put =>
  (row, value) => {
    array[row] = value
  }

export interface StagedChunk {
  readonly rows: number
  /** In the order of STORED_COLUMNS. */
  readonly columns: readonly ArrayBuffer[]
}

class Chunk implements StagedChunk {
  rows = 0
  readonly columns: ArrayBuffer[] = []
  readonly puts: Put[] = []

  constructor() {
    for (const { type } of STORED_COLUMNS) {
      const buffer = new ArrayBuffer(CHUNK_ROWS * COLUMN_BYTES[type])
      this.columns.push(buffer)
      this.puts.push(createPut(type, buffer))
    }
  }
}

export interface Stage {
  readonly rows: number
  readonly chunks: readonly StagedChunk[]
  /** Earliest and latest `second` of its rows. */
  readonly firstSecond: number
  readonly lastSecond: number
  /** `before`: what parts of the flow that were stored before have counted, by column; for those that have any. */
  add(reader: FlowReader, ids: SegmentIds, before?: Float64Array): void
  clear(): void
}

const READS = STORED_COLUMNS.map(({ read }) => read)
const SECOND = STORED_COLUMNS.findIndex(({ name }) => name === 'second')

export const createStage = (): Stage => {
  const pool: Chunk[] = []
  const chunks: Chunk[] = []
  let rows = 0
  let first = Infinity
  let last = 0

  const begin = (): Chunk => {
    const chunk = pool.pop() ?? new Chunk()
    chunk.rows = 0
    chunks.push(chunk)
    return chunk
  }

  return {
    get rows() {
      return rows
    },
    chunks,
    get firstSecond() {
      return first
    },
    get lastSecond() {
      return last
    },
    add(reader, ids, before) {
      let chunk = chunks.at(-1)
      if (!chunk || chunk.rows === CHUNK_ROWS) chunk = begin()
      const row = chunk.rows++
      rows++
      const { puts } = chunk
      for (let index = 0; index < READS.length; index++) {
        const value = READS[index]!(reader, ids)
        puts[index]!(row, before ? Math.max(0, value - before[index]!) : value, reader)
        if (index !== SECOND) continue
        if (value < first) first = value
        if (value > last) last = value
      }
    },
    clear() {
      pool.push(...chunks.splice(0))
      rows = 0
      first = Infinity
      last = 0
    },
  }
}
