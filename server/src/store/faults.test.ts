/** Tests of what may happen to the history: kill -9, damaged and newer files, folders of no use, too much of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { appendContext, BATCH_RECORDS, batchRecords, START_MS } from '../fakes/appending-process.ts'
import { until } from '../fakes/running-server.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import type { FlowStore } from './flow-store.ts'
import type { HistoryConfig } from './history.ts'

vi.setConfig({ testTimeout: 60_000 })

const APPENDING = join(import.meta.dirname, '../fakes/appending-process.ts')
const ALL = { fromMs: START_MS - 1e9, toMs: START_MS + 1e9 }

let folder: string
let logged: Record<string, unknown>[]
const open: FlowStore[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-history-'))
  logged = []
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.stop()
  await rm(folder, { recursive: true })
})

const config: Omit<HistoryConfig, 'folder'> = {
  memoryMb: 128,
  commitRecords: 4000,
  threads: 1,
  segmentRows: 4000,
  retainDays: 36_500,
  maxBytes: 2 ** 30,
}

/** A part of the history for every other batch. */
const SMALL = { segmentRows: 100, commitRecords: 50 }

const start = async (given: Partial<HistoryConfig> = {}): Promise<FlowStore> => {
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const store = createDuckdbStore({ folder, ...config, ...given }, { log })
  await store.start()
  open.push(store)
  return store
}

/** `isSingle`: each batch in a transaction of its own. */
const append = async (
  store: FlowStore,
  from: number,
  to: number,
  isSingle = false,
): Promise<void> => {
  const context = appendContext()
  const appended: Promise<void>[] = []
  for (let seq = from; seq <= to; seq++) {
    const done = store.append({
      agent: 'host-a',
      epoch: 1,
      seq,
      records: batchRecords(seq),
      context,
    })
    appended.push(done)
    if (isSingle) await done
  }
  await Promise.all(appended)
}

const stop = async (store: FlowStore): Promise<void> => {
  open.splice(open.indexOf(store), 1)
  await store.stop()
}

/** Appends in a process of its own, kills it in the middle, and tells the last batch that it said to be durable. */
const appendAndKill = async (batches: number): Promise<number> => {
  const child = spawn(process.execPath, [APPENDING, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const durable = () => Number(/.*durable (\d+)\n/s.exec(output)?.[1] ?? 0)
  for (let i = 0; durable() < batches && i < 6000; i++) await pause(5)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return durable()
}

test('kill -9 loses nothing that was said to be durable, and nothing is there twice', async () => {
  let durable = 0
  for (const batches of [5, 300]) {
    durable = await appendAndKill(batches)
    const store = await start()
    const last = store.lastSeq('host-a', 1) ?? 0
    expect(last).toBeGreaterThanOrEqual(durable)
    // The agent sends again what was not acknowledged.
    await append(store, Math.max(1, durable - 2), last + 3)
    const { rows } = await store.top({ ...ALL, by: 'srcPort', measure: 'flows', limit: 1000 })
    expect(new Set(rows.map(({ value }) => value))).toEqual(new Set([last + 3]))
    expect((await store.stats()).rows).toBe((last + 3) * BATCH_RECORDS)
    const named = await store.top({ ...ALL, by: 'sni', measure: 'flows', limit: 100 })
    expect(named.rows.every(({ key }) => String(key).endsWith('.example'))).toBe(true)
    await stop(store)
  }
  expect(durable).toBeGreaterThan(100)
})

const fileOf = (number: number): string => join(folder, `${String(number).padStart(8, '0')}.duckdb`)

test('a damaged part is set aside with a word, and the others are there', async () => {
  const store = await start(SMALL)
  await append(store, 1, 10, true)
  await stop(store)
  const files = readdirSync(folder).filter((name) => name.endsWith('.duckdb'))
  expect(files.length).toBeGreaterThan(3)
  writeFileSync(fileOf(2), 'not a database at all')
  truncateSync(fileOf(3), 5000)
  const again = await start(SMALL)
  expect((await again.stats()).rows).toBe((10 - 4) * BATCH_RECORDS)
  const words = logged.filter(({ msg }) => String(msg).includes('set aside'))
  expect(words.map(({ file }) => String(file).slice(folder.length + 1))).toEqual([
    '00000002.duckdb.unreadable',
    '00000003.duckdb.unreadable',
  ])
  await append(again, 11, 12)
  expect((await again.stats()).rows).toBe(8 * BATCH_RECORDS)
})

test('a damaged last part does not keep the server from starting', async () => {
  const store = await start(SMALL)
  await append(store, 1, 3, true)
  await stop(store)
  const last = readdirSync(folder).filter((name) => name.endsWith('.duckdb')).length
  writeFileSync(fileOf(last), Buffer.alloc(20_000, 7))
  const again = await start(SMALL)
  await append(again, 4, 6)
  expect(again.lastSeq('host-a', 1)).toBe(6)
})

test('a file of a newer release is left alone, and the start refused', async () => {
  await stop(await start())
  const instance = await DuckDBInstance.create(fileOf(1))
  const connection = await instance.connect()
  await connection.run(`UPDATE meta SET "value" = 99 WHERE "name" = 'schema'`)
  connection.closeSync()
  instance.closeSync()
  await expect(start()).rejects.toMatchObject({
    code: 'history.newer',
    params: { path: fileOf(1) },
  })
  expect(readdirSync(folder)).toContain('00000001.duckdb')
})

test('a history of an older release gets the columns that it lacks, and goes on in a new file', async () => {
  const store = await start(SMALL)
  await append(store, 1, 5, true)
  await stop(store)
  const files = readdirSync(folder).filter((name) => name.endsWith('.duckdb'))
  for (const name of files) {
    const instance = await DuckDBInstance.create(join(folder, name))
    const connection = await instance.connect()
    for (const column of ['condensed', 'sources'])
      await connection.run(`ALTER TABLE details DROP COLUMN "${column}"`)
    await connection.run(`UPDATE meta SET "value" = 1 WHERE "name" = 'schema'`)
    connection.closeSync()
    instance.closeSync()
  }
  const again = await start(SMALL)
  const { rows } = await again.top({ ...ALL, by: 'condensed', measure: 'flows', limit: 5 })
  expect(rows).toMatchObject([{ key: 0, value: 5 * BATCH_RECORDS }])
  await append(again, 6, 7)
  expect((await again.stats()).rows).toBe(7 * BATCH_RECORDS)
  expect(readdirSync(folder).filter((name) => name.endsWith('.duckdb')).length).toBeGreaterThan(
    files.length,
  )
})

test('one history is of one server', async () => {
  await start()
  const child = spawn(process.execPath, [APPENDING, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()))
  expect(await once(child, 'exit')).not.toEqual([0, null])
  expect(words).toContain('history.unusable')
})

test('a place that is no folder is refused by name', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await expect(start({ folder: join(file, 'history') })).rejects.toMatchObject({
    code: 'history.unusable',
  })
})

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to is refused', async () => {
  const locked = join(folder, 'locked')
  mkdirSync(locked)
  chmodSync(locked, 0o500)
  await expect(start({ folder: locked })).rejects.toMatchObject({ code: 'history.unusable' })
})

test('holds its size: the oldest goes', async () => {
  const store = await start({ segmentRows: 2000, maxBytes: 6 * 2 ** 20 })
  let most = 0
  for (let seq = 1; seq <= 600; seq += 40) {
    await append(store, seq, seq + 39)
    most = Math.max(most, (await store.stats()).bytesOnDisk)
  }
  expect(most).toBeLessThan(10 * 2 ** 20)
  await until(async () => (await store.stats()).bytesOnDisk <= 6 * 2 ** 20)
  const { rows, oldestMs } = await store.stats()
  expect(rows).toBeLessThan(600 * BATCH_RECORDS)
  expect(oldestMs).toBeGreaterThanOrEqual(START_MS)
  const { flows } = await store.find({ ...ALL, limit: 1, sort: 'lastSeen', order: 'desc' })
  expect(flows[0]?.id).toContain('host-a-600-')
})

test('what is too old goes', async () => {
  const store = await start({ ...SMALL, retainDays: 1 })
  await append(store, 1, 9, true)
  await until(async () => (await store.stats()).rows <= 2 * BATCH_RECORDS)
})
