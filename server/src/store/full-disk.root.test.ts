/** The history on a disk that is full, that has room again, and that can only be read. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { appendContext, BATCH_RECORDS, batchRecords } from '../fakes/appending-process.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import type { FlowStore } from './flow-store.ts'

const MEBIBYTE = 2 ** 20
const BATCHES = 200

let folder: string
let logged: Record<string, unknown>[]
const open: FlowStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'netscope-test', folder])
  logged = []
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.stop()
  execFileSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true })
})

const config = {
  memoryMb: 128,
  commitRecords: 1000,
  threads: 1,
  segmentRows: 100_000,
  retainDays: 36_500,
  maxBytes: 2 ** 30,
}

const start = async (): Promise<FlowStore> => {
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const store = createDuckdbStore({ folder: join(folder, 'history'), ...config }, { log })
  await store.start()
  open.push(store)
  return store
}

/** Leaves `bytes` free. */
const fill = (bytes: number): string => {
  const filler = join(folder, 'filler')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)))
  return filler
}

test('what finds no room waits unacknowledged, is said, and is stored when there is room', async () => {
  const store = await start()
  const context = appendContext()
  const filler = fill(MEBIBYTE)
  let durable = 0
  const all = Array.from({ length: BATCHES }, (_, i) => {
    const batch = { agent: 'host-a', epoch: 1, seq: i + 1, records: batchRecords(i + 1), context }
    return store.append(batch).then(() => durable++)
  })
  await vi.waitFor(
    () => expect(logged.map(({ reason }) => String(reason)).join()).toMatch(/no space left/i),
    { timeout: 40_000 },
  )
  expect(durable).toBeLessThan(BATCHES)
  rmSync(filler)
  await Promise.all(all)
  await vi.waitFor(async () => expect((await store.stats()).rows).toBe(BATCHES * BATCH_RECORDS), {
    timeout: 40_000,
    interval: 200,
  })
  open.pop()
  await store.stop()
  const again = await start()
  expect(again.lastSeq('host-a', 1)).toBe(BATCHES)
  expect((await again.stats()).rows).toBe(BATCHES * BATCH_RECORDS)
}, 120_000)

test('a server that ends on a full disk has what it acknowledged when it starts again', async () => {
  const store = await start()
  const context = appendContext()
  const filler = fill(2 * MEBIBYTE)
  let durable = 0
  for (let seq = 1; seq <= BATCHES; seq++)
    void store.append({ agent: 'host-a', epoch: 1, seq, records: batchRecords(seq), context }).then(
      () => (durable = seq),
      () => undefined,
    )
  await vi.waitFor(() => expect(logged.some(({ reason }) => reason !== undefined)).toBe(true), {
    timeout: 40_000,
  })
  open.pop()
  await store.stop()
  rmSync(filler)
  const again = await start()
  expect(again.lastSeq('host-a', 1) ?? 0).toBeGreaterThanOrEqual(durable)
  expect((await again.stats()).rows).toBe((again.lastSeq('host-a', 1) ?? 0) * BATCH_RECORDS)
}, 120_000)

test('a folder that can only be read is refused, with its name', async () => {
  execFileSync('mount', ['-o', 'remount,ro', folder])
  await expect(start()).rejects.toMatchObject({
    code: 'history.unusable',
    params: { reason: expect.stringMatching(/read-only file system/i) },
  })
})
