/** Tests of the agent as a process: exit codes, and what it says about them. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-main-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Ended {
  code: number | null
  lines: { level: number; msg: string; [field: string]: unknown }[]
}

/** Runs the agent until it ends; `onLine` sees each line of its log and may send a signal. */
const run = (
  args: string[],
  onLine: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NETSCOPE_RUN_DIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      onLine(chunk, (signal) => child.kill(signal))
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const lines = text.split('\n').filter((line) => line.startsWith('{'))
      resolve({ code, lines: lines.map((line) => JSON.parse(line) as Ended['lines'][number]) })
    })
  })

test('a wrong configuration ends it with 2 and names the place', async () => {
  writeFileSync(join(folder, 'config.yaml'), 'lists:\n  maxEntries: many\n')
  const { code, lines } = await run([])
  expect(code).toBe(2)
  expect(lines).toHaveLength(1)
  expect(lines[0]!.msg).toMatch(/config\.yaml:2.*lists\.maxEntries/)
})

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s ends it with 0, without a server, and the lists are on disk',
  async (signal) => {
    const args = ['--mock', '--persistence-path', join(folder, 'lists.json')]
    writeFileSync(join(folder, 'lists.json'), '{"blacklist":["192.0.2.1"],"whitelist":[]}')
    const { code, lines } = await run(args, (text, kill) => {
      if (text.includes('"counting"')) kill(signal)
    })
    expect(code).toBe(0)
    expect(lines.map(({ msg }) => msg)).toContain('lists are in force')
    expect(lines.find(({ deny }) => deny !== undefined)).toMatchObject({ deny: 1, allow: 0 })
  },
)
