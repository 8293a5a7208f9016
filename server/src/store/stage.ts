/** Flow records as columns in memory, on their way to a segment: decoded once, in pieces as the engine takes them. */
import type { FlowReader } from '@netscope/core/flow-record.ts'
import { DETAIL_COLUMNS, FLOW_COLUMNS, hasDetails } from './stored-columns.ts'
import type { ColumnType, SegmentIds, StoredColumn } from './stored-columns.ts'

/** Rows of one data chunk of DuckDB (STANDARD_VECTOR_SIZE). */
const CHUNK_ROWS = 2048

export const COLUMN_BYTES: Readonly<Record<ColumnType, number>> = {
  UTINYINT: 1,
  USMALLINT: 2,
  UINTEGER: 4,
  FLOAT: 4,
  UBIGINT: 8,
  DOUBLE: 8,
}

/** Numbers in JavaScript have 53 bits: a u64 is written as two halves. */
const TWO_32 = 4_294_967_296

type Put = (row: number, value: number, reader: FlowReader) => void

/** Writes values of the column into `buffer`; the machine is little-endian, as the engine expects. */
const createPut = ({ type, half }: StoredColumn, buffer: ArrayBuffer): Put => {
  const words = new Uint32Array(buffer)
  if (half)
    return (row, at, { view }) => {
      words[2 * row] = view.getUint32(at + 4)
      words[2 * row + 1] = view.getUint32(at)
    }
  switch (type) {
    case 'UTINYINT':
      return putInto(new Uint8Array(buffer))
    case 'USMALLINT':
      return putInto(new Uint16Array(buffer))
    case 'UINTEGER':
      return putInto(words)
    case 'FLOAT':
      return putInto(new Float32Array(buffer))
    case 'DOUBLE':
      return putInto(new Float64Array(buffer))
    case 'UBIGINT':
      break
  }
  return (row, value) => {
    words[2 * row] = value
    words[2 * row + 1] = value / TWO_32
  }
}

const putInto =
  (array: Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array): Put =>
  (row, value) => {
    array[row] = value
  }

export interface StagedChunk {
  readonly rows: number
  /** In the order of the table's columns, the one behind them included. */
  readonly columns: readonly ArrayBuffer[]
}

class Chunk implements StagedChunk {
  rows = 0
  readonly columns: ArrayBuffer[] = []
  readonly puts: Put[] = []
  /** Values of the last column, which links both tables: `detail` of flows, `id` of details. */
  readonly links: Uint32Array

  constructor(columns: readonly StoredColumn[]) {
    for (const column of columns) {
      const buffer = new ArrayBuffer(CHUNK_ROWS * COLUMN_BYTES[column.type])
      this.columns.push(buffer)
      this.puts.push(createPut(column, buffer))
    }
    const links = new ArrayBuffer(CHUNK_ROWS * COLUMN_BYTES.UINTEGER)
    this.links = new Uint32Array(links)
    this.columns.push(links)
  }
}

/** What parts of a flow that were stored before have counted, by column of flows and of details. */
export interface CountedBefore {
  flows: Float64Array
  details: Float64Array
}

/** Rows of one table. */
class StagedTable {
  readonly chunks: Chunk[] = []
  readonly #columns: readonly StoredColumn[]
  readonly #reads: StoredColumn['read'][]
  readonly #pool: Chunk[] = []

  constructor(columns: readonly StoredColumn[]) {
    this.#columns = columns
    this.#reads = columns.map(({ read }) => read)
  }

  add(reader: FlowReader, ids: SegmentIds, link: number, before: Float64Array | undefined): void {
    let chunk = this.chunks.at(-1)
    if (!chunk || chunk.rows === CHUNK_ROWS) chunk = this.#begin()
    const row = chunk.rows++
    const { puts } = chunk
    const reads = this.#reads
    for (let index = 0; index < reads.length; index++) {
      const value = reads[index]!(reader, ids)
      puts[index]!(row, before ? Math.max(0, value - before[index]!) : value, reader)
    }
    chunk.links[row] = link
  }

  clear(): void {
    this.#pool.push(...this.chunks.splice(0))
  }

  #begin(): Chunk {
    const chunk = this.#pool.pop() ?? new Chunk(this.#columns)
    chunk.rows = 0
    this.chunks.push(chunk)
    return chunk
  }
}

export interface Stage {
  readonly rows: number
  readonly flows: readonly StagedChunk[]
  readonly details: readonly StagedChunk[]
  /** Details among the rows: numbered from `firstDetail` on. */
  readonly detailRows: number
  /** `before`: for the next part of a flow. */
  add(reader: FlowReader, ids: SegmentIds, before?: CountedBefore): void
  /** Empties it; the next row of details is number `firstDetail`, 1 or higher. */
  clear(firstDetail: number): void
}

export const createStage = (): Stage => {
  const flows = new StagedTable(FLOW_COLUMNS)
  const details = new StagedTable(DETAIL_COLUMNS)
  let rows = 0
  let firstDetail = 1
  let detailRows = 0

  return {
    get rows() {
      return rows
    },
    get detailRows() {
      return detailRows
    },
    flows: flows.chunks,
    details: details.chunks,
    add(reader, ids, before) {
      rows++
      const detail = hasDetails(reader, ids) ? firstDetail + detailRows++ : 0
      flows.add(reader, ids, detail, before?.flows)
      if (detail !== 0) details.add(reader, ids, detail, before?.details)
    },
    clear(first) {
      flows.clear()
      details.clear()
      rows = 0
      detailRows = 0
      firstDetail = first
    },
  }
}
