/** The server as a process that exports: what is on its standard output, and what a kill -9 leaves in a file. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFakeAgent } from '../fakes/fake-agent.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { until } from '../fakes/running-server.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
/** Other tests share the machine. */
const SECONDS = 60
vi.setConfig({ testTimeout: 240_000 })

let folder: string
const children: ChildProcess[] = []
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'netscope-exporting-'))))
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  rmSync(folder, { recursive: true })
})

const start = async (to: object) => {
  const outputs = [{ name: 'out', what: ['flows'], format: 'eve', to }]
  writeFileSync(join(folder, 'outputs.yaml'), JSON.stringify({ outputs }))
  const flags = ['--server-port=0', `--export-outputs-file=${join(folder, 'outputs.yaml')}`]
  const child = spawn(process.execPath, [MAIN, ...flags], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NETSCOPE_RUN_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let [out, log] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  await until(() => log.includes('"url":'), SECONDS)
  const agent = createFakeAgent(join(folder, 'uplink.sock'))
  await agent.start()
  return { child, agent, out: () => out, log: () => log }
}

/** Of whole lines. */
const sourcesIn = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { src_ip: string }).src_ip)

test('standard output holds events and nothing else; the log is on standard error', async () => {
  const { agent, out, log } = await start({ stdout: {} })
  agent.flows([flowRecord({ slot: 1, end: 2, src: '10.0.0.1' })])
  await until(() => out().endsWith('\n'), SECONDS)
  expect(sourcesIn(out())).toEqual(['10.0.0.1'])
  expect(log()).toContain('"msg":"listening"')
  await agent.stop()
})

test('after kill -9 what was written is there, and the next one goes on in a line of its own', async () => {
  const path = join(folder, 'eve.json')
  const read = (): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const first = await start({ file: { path } })
  first.agent.flows([flowRecord({ slot: 1, end: 2, src: '10.0.0.1' })])
  await until(() => read() !== '', SECONDS)
  // Under load, so that it is likely to be in the middle of something.
  for (let i = 0; i < 50; i++)
    first.agent.flows(
      Array.from({ length: 100 }, (_, slot) => flowRecord({ slot, end: 2, src: '10.0.0.2' })),
    )
  await pause(50)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  expect(sourcesIn(read())[0]).toBe('10.0.0.1')
  const before = read()
  const second = await start({ file: { path } })
  second.agent.flows([flowRecord({ slot: 1, end: 2, src: '10.0.0.3' })])
  await until(() => read().includes('10.0.0.3'), SECONDS)
  expect(read().startsWith(before)).toBe(true)
  // What the kill has torn, if anything, has a line of its own.
  expect(read().slice(before.length)).toMatch(/^\n?\{.*\}\n$/)
  expect(sourcesIn(read().slice(before.length).trimStart())).toEqual(['10.0.0.3'])
  await second.agent.stop()
})
