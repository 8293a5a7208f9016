/** Reads a whole hash table by few system calls (batches: Linux 5.6). */
import { errorName, lookupAndDeleteBatch, lookupBatch } from '../libbpf.ts'

const CHUNK_ROWS = 2048
const ENOENT = -2
const TOKEN_BYTES = 64

export interface TableLayout {
  keyBytes: number
  valueBytes: number
}

export type Visit = (keys: Buffer, keyAt: number, values: Buffer, valueAt: number) => void

export interface MapReader {
  /** Visits every row; the buffers hold only until the next one. Throws with the errno. */
  read(visit: Visit): void
  /** The same, and removes the rows. */
  take(visit: Visit): void
}

/** `fd`: a BPF_MAP_TYPE_HASH. */
export const createMapReader = (fd: number, { keyBytes, valueBytes }: TableLayout): MapReader => {
  const keys = Buffer.alloc(CHUNK_ROWS * keyBytes)
  const values = Buffer.alloc(CHUNK_ROWS * valueBytes)
  const token = Buffer.alloc(TOKEN_BYTES)
  const count = Buffer.alloc(4)
  const walk = (batch: typeof lookupBatch, visit: Visit): void => {
    for (let first = true, end = false; !end; first = false) {
      count.writeUInt32LE(CHUNK_ROWS)
      const result: number = batch(fd, first ? null : token, token, keys, values, count, null)
      if (result < 0 && result !== ENOENT)
        throw new Error(`reading a map of the tracing programs: ${errorName(result)}`)
      end = result === ENOENT
      for (let i = 0; i < count.readUInt32LE(); i++)
        visit(keys, i * keyBytes, values, i * valueBytes)
    }
  }
  return {
    read: (visit) => walk(lookupBatch, visit),
    take: (visit) => walk(lookupAndDeleteBatch, visit),
  }
}

/** Exact up to 2^53. */
export const readCount = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 4294967296
