/**
 * Growth of counters in a hash table of the kernel since the last read. Rows stay while they grow, so no count is
 * lost between reading and removing; a row that has been still for long is removed, earlier when room runs short.
 * What comes for a removed key afterwards makes a new row and is growth again.
 */
import { deleteMany } from '../map-batch.ts'
import { createMapReader, readCount, type MapReader, type TableLayout } from './map-read.ts'

const STILL_READS = 60
const STILL_READS_SHORT_OF_ROOM = 2

/** Two counters lead every value. */
export interface Growth {
  /** Valid only during the visit. */
  key: Buffer
  first: number
  second: number
}

interface Known {
  first: number
  second: number
  stillReads: number
}

export interface GrowingTable {
  /** Visits the rows that have grown. */
  read(visit: (growth: Growth) => void): void
}

interface Deps {
  reader: Pick<MapReader, 'read'>
  /** Removes `count` keys. */
  remove(keys: Buffer, count: number): void
}

export const createGrowingTable = (
  { keyBytes, capacity }: { keyBytes: number; capacity: number },
  { reader, remove }: Deps,
): GrowingTable => {
  const known = new Map<string, Known>()
  return {
    read: (visit) => {
      const limit = known.size > capacity / 2 ? STILL_READS_SHORT_OF_ROOM : STILL_READS
      const still: Buffer[] = []
      reader.read((keys, keyAt, values, valueAt) => {
        const key = keys.subarray(keyAt, keyAt + keyBytes)
        const name = key.toString('latin1')
        const first = readCount(values, valueAt)
        const second = readCount(values, valueAt + 8)
        const before = known.get(name) ?? { first: 0, second: 0, stillReads: 0 }
        if (first === before.first && second === before.second) {
          if (++before.stillReads >= limit) still.push(Buffer.from(key))
          known.set(name, before)
          return
        }
        visit({ key, first: first - before.first, second: second - before.second })
        known.set(name, { first, second, stillReads: 0 })
      })
      if (still.length === 0) return
      remove(Buffer.concat(still), still.length)
      for (const key of still) known.delete(key.toString('latin1'))
    },
  }
}

/** Over the table behind `fd`. */
export const createKernelTable = (
  fd: number,
  capacity: number,
  layout: TableLayout,
): GrowingTable =>
  createGrowingTable(
    { keyBytes: layout.keyBytes, capacity },
    {
      reader: createMapReader(fd, layout),
      remove: (keys, count) => void deleteMany(fd, keys, layout.keyBytes, count),
    },
  )
