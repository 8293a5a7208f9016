/** Tests that sums are the same whether they come from roll-ups, from the records, or from the fake. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { createMemoryFlowStore } from '../fakes/memory-flow-store.ts'
import { until } from '../fakes/running-server.ts'
import { createAgentContext } from '../flows/agent-context.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import { MEASURES } from './flow-store.ts'
import type { FlowStore, GroupName } from './flow-store.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const HOUR_MS = 3_600_000
const START_MS = 472_222 * HOUR_MS
const GROUPS: readonly GroupName[] = [
  'src',
  'dst',
  'ip',
  'dstPort',
  'protocol',
  'agent',
  'interface',
  'verdict',
  'srcPort',
]
const FILTERS = [
  '',
  'protocol = UDP',
  'ip in 10.0.0.0/30',
  'dstPort = 53 or agent = host-b',
  'srcPort > 40001',
  'not verdict = DROP and bytes > 10',
]

let folder: string
let duckdb: FlowStore
const memory = createMemoryFlowStore()

/** xorshift32: the same numbers in every run. */
const createRandom = (seed: number) => (below: number) => {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return (seed >>> 0) % below
}
const random = createRandom(7)

const fill = async (store: FlowStore, next: (below: number) => number): Promise<void> => {
  const appended: Promise<void>[] = []
  for (let seq = 1; seq <= 40; seq++) {
    const context = createAgentContext(seq % 3 ? 'host-a' : 'host-b')
    context.wallOffsetMs = START_MS
    context.name([{ ifindex: 2, name: 'eth0' }])
    const records = Array.from({ length: 250 }, (_, i) => {
      const lastNs = (seq * 90 + next(90)) * 1e9
      return flowRecord({
        slot: seq * 1000 + i,
        lastNs,
        firstNs: lastNs - 1e9,
        src: `10.0.0.${next(2)}`,
        dst: next(9) ? `10.0.0.${next(2)}` : '2001:db8::5',
        srcPort: 40_000 + next(3),
        dstPort: [53, 443][next(2)]!,
        protocol: [6, 17][next(2)]!,
        verdict: next(50) ? 0 : 1,
        srcBytes: next(1000),
        dstBytes: next(1000),
        end: next(5),
        srcRetransmits: next(2),
      })
    })
    appended.push(
      store.append({
        agent: context.agent,
        epoch: 1,
        seq,
        records: Buffer.concat(records),
        context,
      }),
    )
  }
  await Promise.all(appended)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-roll-ups-'))
  const config = {
    folder,
    segmentRows: 4000,
    memoryMb: 128,
    commitRecords: 1000,
    threads: 1,
    retainDays: 36_500,
    maxBytes: 2 ** 30,
  }
  duckdb = createDuckdbStore(config, { log: pino({ level: 'silent' }) })
  await duckdb.start()
  await memory.start()
  await fill(duckdb, createRandom(42))
  await fill(memory, createRandom(42))
  await until(async () => (await duckdb.stats()).sealedSegments === 2)
})
afterAll(async () => {
  await duckdb.stop()
  await rm(folder, { recursive: true })
})

const range = () => {
  const units = [HOUR_MS, 60_000, 1000, 1]
  const moment = () => {
    const unit = units[random(units.length)]!
    return START_MS + Math.floor((random(4000) * 1000) / unit) * unit
  }
  const [a, b] = [moment(), moment()]
  const result = parseQuery(FILTERS[random(FILTERS.length)]!)
  if (!result.ok) throw new Error(result.error.message)
  return { fromMs: Math.min(a, b), toMs: Math.max(a, b), query: result.query }
}

const sorted = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted()

test('the heaviest keys are the same', async () => {
  for (let i = 0; i < 25; i++) {
    const by = GROUPS[random(GROUPS.length)]!
    const request = { ...range(), by, measure: MEASURES[random(MEASURES.length)]!, limit: 100 }
    const [ours, theirs] = [await duckdb.top(request), await memory.top(request)]
    expect(sorted(ours.rows), JSON.stringify({ ...request, query: request.query.text })).toEqual(
      sorted(theirs.rows),
    )
  }
})

test('amounts over time are the same', async () => {
  for (let i = 0; i < 25; i++) {
    const group = random(2) ? { by: GROUPS[random(GROUPS.length)]! } : {}
    const stepMs = [1000, 60_000, 300_000, HOUR_MS, 7000][random(5)]!
    const request = {
      ...range(),
      ...group,
      stepMs,
      measure: MEASURES[random(MEASURES.length)]!,
      limit: 100,
    }
    const [ours, theirs] = [await duckdb.series(request), await memory.series(request)]
    expect([ours.startMs, ours.stepMs]).toEqual([theirs.startMs, theirs.stepMs])
    expect(sorted(ours.lines), JSON.stringify({ ...request, query: request.query.text })).toEqual(
      sorted(theirs.lines),
    )
  }
})

test('the roll-ups are there, and smaller', async () => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  await duckdb.stop()
  const instance = await DuckDBInstance.create(join(folder, '00000001.duckdb'), {
    access_mode: 'READ_ONLY',
  })
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll(
    'SELECT (SELECT count(*) FROM minutes) AS "minutes", (SELECT count(*) FROM hours) AS "hours", (SELECT count(*) FROM ports) AS "ports"',
  )
  const [found] = rows.getRowObjects()
  expect(Number(found?.['minutes'])).toBeGreaterThan(0)
  expect(Number(found?.['ports'])).toBeGreaterThan(0)
  expect(Number(found?.['hours'])).toBeLessThan(4000 / 20)
  connection.closeSync()
  instance.closeSync()
})
