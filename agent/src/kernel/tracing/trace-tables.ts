/** The tables of the tracing programs: what has come since the last read, as rows. */
import { readPerCpu } from '../per-cpu.ts'
import type { DropReasons } from './drop-reasons.ts'
import { createKernelTable } from './growing-table.ts'
import {
  ACCEPTANCE_BYTES,
  APP_BYTES_BYTES,
  COOKIE_BYTES,
  DROP_COUNT_BYTES,
  DROP_KEY_BYTES,
  PLACE_BYTES,
  RETRANSMISSION_COUNT_BYTES,
  RETRANSMISSION_KEY_BYTES,
  TRACE_COUNTERS,
  type TraceCounters,
} from './layout.ts'
import { createMapReader } from './map-read.ts'
import type { TableFds, TableRows } from './trace-object.ts'
import {
  decodeAccepted,
  decodeAppBytes,
  decodeDrop,
  decodeDropTotal,
  decodeRetransmission,
  type AcceptedRow,
  type AppBytesRow,
  type DropRow,
  type DropTotalRow,
  type RetransmissionRow,
} from './trace-rows.ts'

export interface TraceRows {
  drops: DropRow[]
  /** By interface and reason; right also when drops had no room for a 5-tuple. */
  dropTotals: DropTotalRow[]
  retransmissions: RetransmissionRow[]
  appBytes: AppBytesRow[]
  accepted: AcceptedRow[]
}

export const NO_ROWS: Readonly<TraceRows> = {
  drops: [],
  dropTotals: [],
  retransmissions: [],
  appBytes: [],
  accepted: [],
}

export interface TraceTables {
  read(): TraceRows
  counters(): TraceCounters
}

export const createTraceTables = (
  fds: TableFds,
  room: TableRows,
  reasons: Pick<DropReasons, 'name'> | undefined,
): TraceTables => {
  const drops = createKernelTable(fds.drops, room.drops, {
    keyBytes: DROP_KEY_BYTES,
    valueBytes: DROP_COUNT_BYTES,
  })
  const totals = createKernelTable(fds.drop_totals, room.drop_totals, {
    keyBytes: PLACE_BYTES,
    valueBytes: DROP_COUNT_BYTES,
  })
  const retransmissions = createKernelTable(fds.retransmissions, room.retransmissions, {
    keyBytes: RETRANSMISSION_KEY_BYTES,
    valueBytes: RETRANSMISSION_COUNT_BYTES,
  })
  const appBytes = createKernelTable(fds.app_bytes, room.app_bytes, {
    keyBytes: COOKIE_BYTES,
    valueBytes: APP_BYTES_BYTES,
  })
  const accepted = createMapReader(fds.accepted, {
    keyBytes: COOKIE_BYTES,
    valueBytes: ACCEPTANCE_BYTES,
  })
  const zero = Buffer.alloc(4)
  return {
    read: () => {
      const rows: TraceRows = {
        drops: [],
        dropTotals: [],
        retransmissions: [],
        appBytes: [],
        accepted: [],
      }
      if (reasons) {
        drops.read((growth) => rows.drops.push(decodeDrop(growth, reasons)))
        totals.read((growth) => rows.dropTotals.push(decodeDropTotal(growth, reasons)))
      }
      retransmissions.read((growth) => rows.retransmissions.push(decodeRetransmission(growth)))
      appBytes.read((growth) => rows.appBytes.push(decodeAppBytes(growth)))
      accepted.take((keys, keyAt, values, valueAt) => {
        const value = values.subarray(valueAt, valueAt + ACCEPTANCE_BYTES)
        rows.accepted.push(decodeAccepted(keys.readBigUInt64LE(keyAt), value))
      })
      return rows
    },
    counters: () => {
      const sums = readPerCpu(fds.counters, zero, TRACE_COUNTERS.length) ?? []
      return Object.fromEntries(
        TRACE_COUNTERS.map((name, i) => [name, sums[i] ?? 0]),
      ) as TraceCounters
    },
  }
}
