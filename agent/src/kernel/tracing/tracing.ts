/**
 * Capability tier B: drops with reasons, retransmissions, bytes as applications see them, who accepted. Each hook
 * is tried with fentry, then with kprobes; what does not work is said with a reason and never stops the rest.
 */
import { DROP_FORMAT, readDropReasons } from './drop-reasons.ts'
import { hookIn, type HookStatus } from './hook-in.ts'
import { openKernelTypes } from './kernel-types.ts'
import type { TraceCounters } from './layout.ts'
import { readSurroundings, readText } from './refusal.ts'
import { WAYS, type Way } from './trace-hooks.ts'
import { TABLE_ROWS, type TableRows, type TraceObject } from './trace-object.ts'
import { createTraceTables, NO_ROWS, type TraceRows, type TraceTables } from './trace-tables.ts'

export interface Tracing {
  /** Loads and attaches what the kernel allows, in 0.1 to 1 s. Never throws. */
  start(): HookStatus[]
  /** What came since the last read; to be called once a second. Throws with the errno. */
  read(): TraceRows
  /** Since the start; undefined where nothing could be loaded. */
  counters(): TraceCounters | undefined
  stop(): void
}

export interface TracingConfig {
  /** In the order in which they are tried; left out: fentry, then kprobe. */
  ways?: readonly Way[]
  rows?: TableRows
}

export const createTracing = ({ ways = WAYS, rows = TABLE_ROWS }: TracingConfig = {}): Tracing => {
  let objects: TraceObject[] = []
  let tables: TraceTables | undefined
  return {
    start: () => {
      const types = openKernelTypes()
      try {
        const reasons = readDropReasons(types, types ? '' : readText(DROP_FORMAT))
        const result = hookIn({ ways, rows }, types, reasons, readSurroundings(readText))
        objects = result.objects
        tables = objects[0] && createTraceTables(objects[0].tables, rows, reasons)
        return result.hooks
      } finally {
        types?.close()
      }
    },
    read: () => tables?.read() ?? NO_ROWS,
    counters: () => tables?.counters(),
    stop: () => {
      tables = undefined
      // The tables are those of the first object.
      for (const object of objects.toReversed()) object.close()
      objects = []
    },
  }
}
