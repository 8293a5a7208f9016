/** Questions that would take for ever. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEngine } from './engine.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netscope-engine-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a question that takes too long is given up, and the next one is answered', async () => {
  const engine = await startEngine({ folder, memoryMb: 64, threads: 1, readWithinMs: 200 })
  const endless = engine.read('SELECT count(*) FROM range(1e6::BIGINT) a, range(1e6::BIGINT) b')
  await expect(endless).rejects.toMatchObject({ code: 'history.too-long' })
  expect(await engine.read('SELECT 1 AS "one"')).toEqual([{ one: 1 }])
  engine.stop()
})
