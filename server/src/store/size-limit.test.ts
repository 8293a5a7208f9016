/** The history under a stream of records that no compression makes small. */
import { randomFillSync } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { RECORD_BYTES, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { SLOT } from '@netscope/core/slot.ts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendContext, START_MS } from '../fakes/appending-process.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import { historyConfig } from './history-config.ts'

/** Below what the configuration allows, so that it fills up soon. */
const LIMIT_MEGABYTES = 24
const BATCH = 1024
const BATCHES = Number(process.env['NETSCOPE_SIZE_BATCHES'] ?? 320)
const WAITING_BYTES = 8e6

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-size-'))
})
afterEach(() => rm(folder, { recursive: true }))

const bytesIn = (path: string): number =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) =>
        sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )

/** Counters and times are chance. */
const scramble = (records: Buffer): void => {
  for (let at = 0; at < records.length; at += RECORD_BYTES)
    for (const offset of [SLOT.packets, SLOT.bytes, SLOT.packets + 8, SLOT.bytes + 8])
      randomFillSync(records, at + RECORD_HEADER_BYTES + offset, 3)
}

test('the folder stays below its limit, and keeps what is young', async () => {
  const config = historyConfig(
    {
      retainDays: 36_500,
      maxMegabytes: LIMIT_MEGABYTES,
      memoryMegabytes: 128,
      preset: 'standard',
      activeSeconds: 300,
    },
    folder,
  )
  const store = createDuckdbStore(config, { log: pino({ level: 'silent' }) })
  await store.start()
  const context = appendContext()
  const records = Buffer.concat(
    Array.from({ length: BATCH }, (_, slot) => flowRecord({ slot, end: 1 })),
  )
  let most = 0
  for (let seq = 1; seq <= BATCHES; seq++) {
    scramble(records)
    void store.append({ agent: 'host-a', epoch: 1, seq, records, context })
    while (store.backlogBytes > WAITING_BYTES) await pause(1)
    if (seq % 10 === 0) most = Math.max(most, bytesIn(folder))
  }
  const { rows } = await store.stats()
  const { flows } = await store.find({
    fromMs: START_MS - 1e9,
    toMs: START_MS + 1e12,
    limit: 1,
    sort: 'lastSeen',
    order: 'desc',
  })
  await store.stop()
  expect(most).toBeLessThan(LIMIT_MEGABYTES * 2 ** 20)
  expect(rows).toBeLessThan(BATCHES * BATCH)
  expect(rows).toBeGreaterThan(BATCHES * BATCH * 0.1)
  expect(flows).toHaveLength(1)
}, 300_000)
