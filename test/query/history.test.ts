/** A query finds the same flows in the history on disk as its predicate among the records. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@netscope/agent/mock/random.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { predicateOf } from '@netscope/core/query/predicate-of.ts'
import { createDuckdbStore } from '@netscope/server/store/duckdb-store.ts'
import type { FlowStore } from '@netscope/server/store/flow-store.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { randomQuery } from './random-query.ts'
import { CONTEXT, randomRecords, readerOf } from './random-records.ts'

vi.setConfig({ testTimeout: 120_000 })

const SEED = Number(process.env['NETSCOPE_SEED'] ?? 7)
const QUERIES = Number(process.env['NETSCOPE_QUERIES'] ?? 60)
const RECORDS = 300

const random = createRandom(SEED)
const bytes = randomRecords(RECORDS, random)
const reader = readerOf(bytes)
const END = 4
for (let i = 0; i < RECORDS; i++) {
  // A record without an end is the first part of a flow, not all of it.
  const at = reader.seek(i * RECORD_BYTES).at + END
  reader.view.setUint32(at, Math.max(1, reader.view.getUint32(at, true)), true)
}
const flows = Array.from({ length: RECORDS }, (_, i) => ({
  ...decodeFlow(reader.seek(i * RECORD_BYTES)),
  agent: CONTEXT.agent,
}))

let folder: string
let store: FlowStore
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-query-'))
  // Several segments, each with dictionaries of its own.
  const parts = { segmentRows: 100, commitRecords: 50 }
  const bounds = { memoryMb: 128, threads: 1, retainDays: 10_000, maxBytes: 2 ** 30 }
  const config = { folder, ...parts, ...bounds }
  store = createDuckdbStore(config, { log: pino({ level: 'silent' }) })
  await store.start()
  const third = RECORDS / 3
  for (let seq = 1; seq <= 3; seq++) {
    const records = bytes.subarray((seq - 1) * third * RECORD_BYTES, seq * third * RECORD_BYTES)
    await store.append({ agent: CONTEXT.agent, epoch: 1, seq, records, context: CONTEXT })
  }
})
afterAll(async () => {
  await store.stop()
  await rm(folder, { recursive: true })
})

/** Fields that the history does not keep in a way that can be asked for. */
const isKept = (text: string): boolean => !text.includes('communityId')

const ALL = { fromMs: 0, toMs: 4e12, limit: 2 * RECORDS, sort: 'id', order: 'asc' } as const

test(`${QUERIES} random queries of seed ${SEED} find the same flows`, async () => {
  let some = 0
  for (let i = 0; i < QUERIES; i++) {
    const text = randomQuery(random.pick(flows as [(typeof flows)[0]]), random, 2)
    const parsed = parseQuery(text)
    if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`)
    if (!isKept(text)) continue
    const holds = predicateOf(parsed.query, Date.now)
    const expected = flows.filter((_, at) => holds(reader.seek(at * RECORD_BYTES)))
    const found = await store.find({ ...ALL, query: parsed.query })
    expect({ text, ids: found.flows.map(({ id }) => id) }).toEqual({
      text,
      ids: expected.map(({ id }) => id).toSorted(),
    })
    if (expected.length > 0 && expected.length < RECORDS) some++
  }
  expect(some).toBeGreaterThan(QUERIES / 3)
})
