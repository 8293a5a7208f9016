/** Copies of a history that is being written. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { until } from '../fakes/running-server.ts'
import { createAgentContext } from '../flows/agent-context.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import type { FlowStore } from './flow-store.ts'

const START_MS = 1_700_000_000_000
const RECORDS = 10

let folder: string
let store: FlowStore
const openStore = (path: string): FlowStore =>
  createDuckdbStore(
    {
      ...{ folder: path, segmentRows: 25, commitRecords: 1, memoryMb: 128, threads: 1 },
      ...{ retainDays: 36_500, maxBytes: 2 ** 30 },
    },
    { log: pino({ level: 'silent' }) },
  )
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-copy-'))
  store = openStore(join(folder, 'history'))
  await store.start()
})
afterEach(async () => {
  await store.stop()
  rmSync(folder, { recursive: true })
})

const context = createAgentContext('host')
context.wallOffsetMs = START_MS
const append = (seq: number): Promise<void> => {
  const records = Array.from({ length: RECORDS }, (_, i) =>
    flowRecord({ end: 2, firstNs: 1e9, lastNs: seq * 1e9, srcPort: 1000 + i, srcBytes: seq }),
  )
  return store.append({ agent: 'host', epoch: 1, seq, records: Buffer.concat(records), context })
}
const flowsOf = async (of: FlowStore): Promise<string[]> => {
  const range = { fromMs: START_MS, toMs: START_MS + 3_600_000 }
  const { flows } = await of.find({ ...range, limit: 1000, sort: 'lastSeen', order: 'asc' })
  return flows.map(({ lastSeen, srcPort, srcBytes }) => `${lastSeen} ${srcPort} ${srcBytes}`)
}

test('hold all that was durable, finished or not, and where each agent was', async () => {
  for (let seq = 1; seq <= 7; seq++) await append(seq)
  await until(async () => (await store.stats()).sealedSegments > 0)
  const before = await flowsOf(store)
  const later = append(8)
  await store.backup(join(folder, 'copy'))
  await later
  await append(9)
  expect(before).toHaveLength(7 * RECORDS)
  expect(readdirSync(join(folder, 'copy')).every((name) => name.endsWith('.duckdb'))).toBe(true)
  expect(readdirSync(join(folder, 'copy')).length).toBeGreaterThan(1)

  const copy = openStore(join(folder, 'copy'))
  await copy.start()
  const seq = copy.lastSeq('host', 1) ?? 0
  expect(await flowsOf(copy)).toEqual((await flowsOf(store)).slice(0, seq * RECORDS))
  expect(seq === 7 || seq === 8).toBe(true)
  await copy.stop()
  // The copy was opened and changed; what it was made of is as before.
  expect(await flowsOf(store)).toHaveLength(9 * RECORDS)
})

test('are refused where something is', async () => {
  await expect(store.backup(folder)).rejects.toMatchObject({ code: 'history.backup' })
  await append(1)
  expect(await flowsOf(store)).toHaveLength(RECORDS)
})
