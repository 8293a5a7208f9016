/** The contract of the history, over DuckDB and over the fake. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createMemoryFlowStore } from '../fakes/memory-flow-store.ts'
import { testStore } from '../fakes/store-contract.ts'
import { createDuckdbStore } from './duckdb-store.ts'

const log = pino({ level: 'silent' })
const BOUNDS = {
  memoryMb: 128,
  threads: 1,
  retainDays: 36_500,
  maxBytes: 2 ** 30,
}

const duckdb = (segmentRows: number, commitRecords: number) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netscope-history-'))
  const store = createDuckdbStore({ folder, segmentRows, commitRecords, ...BOUNDS }, { log })
  return { store, remove: () => rm(folder, { recursive: true }) }
}

testStore('in memory', async () => ({ store: createMemoryFlowStore(), remove: async () => {} }))
testStore('in one segment of DuckDB', duckdb(1_000_000, 4000))
testStore('in many segments of DuckDB', duckdb(2, 1))
