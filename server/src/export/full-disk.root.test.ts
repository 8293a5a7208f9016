/** A file on a disk that is full, and that has room again. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../fakes/running-server.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { createOutput } from './output.ts'
import { fileSink } from './sinks/file.ts'

vi.setConfig({ testTimeout: 60_000 })
const LINES = 2000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-export-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'netscope-test', folder])
})
afterEach(() => {
  execFileSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true })
})

test('what finds no room waits, is said, and is written once, whole and in order', async () => {
  const path = join(folder, 'eve.json')
  const filler = join(folder, 'filler')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 100_000))
  const changes: string[] = []
  const settings = { path, maxMegabytes: 100, everyHours: 0, keep: 1, mode: '0600' }
  const deps = { outgoing: createOutgoing({ allow: [] }), hostname: 'a', now: Date.now }
  const output = createOutput({
    ...{ kind: { gatherMs: 1, batch: { lines: 100, bytes: 1e6 } }, queueBytes: 10e6 },
    ...{ sink: fileSink.open(settings, deps), now: Date.now, random: () => 0 },
    onChange: (error) => changes.push(error),
  })
  for (let i = 0; i < LINES; i++) {
    const text = JSON.stringify({ i, text: 'x'.repeat(200) })
    output.add({ what: 'flows', label: 'info', text, bytes: text.length })
  }
  await until(() => changes.length === 1, 30)
  expect(changes[0]).toContain('ENOSPC')
  // No torn line on the full disk.
  expect(readFileSync(path, 'utf8').at(-1)).toBe('\n')
  rmSync(filler)
  await until(() => output.figures().sent.flows === LINES, 30)
  const written = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  expect(written.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(
    Array.from({ length: LINES }, (_, i) => i),
  )
  expect(output.figures()).toMatchObject({ lost: { flows: 0 }, waiting: 0, error: '' })
  await output.stop()
})
