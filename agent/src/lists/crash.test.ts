/** A test that what was answered survives kill -9 at any moment, also while the base is written anew. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createLists } from './lists.ts'

const PROGRAM = fileURLToPath(new URL('crash-program.ts', import.meta.url))

/** Runs the program for `ms` after its first answer; returns what it said. */
const runAndKill = (path: string, ms: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (text === '') setTimeout(() => child.kill('SIGKILL'), ms)
      text += chunk
    })
    child.on('error', reject)
    child.on('close', () => resolve(text.split('\n').slice(1, -1)))
  })

test.each([60, 300, 900])(
  'every change answered within %i ms is there after kill -9',
  async (ms) => {
    const folder = mkdtempSync(join(tmpdir(), 'netscope-crash-'))
    const path = join(folder, 'lists.json')
    const said = await runAndKill(path, ms)
    expect(said.length).toBeGreaterThan(0)
    const lists = createLists(
      { path },
      {
        table: { capacity: 1_000_000, add: () => undefined, remove: () => undefined },
        now: () => Date.now(),
        log: { info: () => undefined, warn: () => undefined },
      },
    )
    lists.load()
    expect(lists.degraded()).toEqual([])
    const { entries } = await lists.get('deny', 0, 1_000_000, '')
    const present = new Set(entries.map(({ prefix }) => prefix))
    const wrong = said.filter((line) => present.has(line.slice(1)) !== line.startsWith('+'))
    // A prefix may be removed by now that was added before: only its last answer counts.
    const last = new Map(said.map((line) => [line.slice(1), line[0]]))
    expect(wrong.filter((line) => last.get(line.slice(1)) === line[0])).toEqual([])
    rmSync(folder, { recursive: true })
  },
)
