/** Tests of the server as a process: start, stop, kill and restart, refusal. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LOCAL_TOKEN_FILE, type LocalToken } from '@netscope/core/local-token.ts'
import { createFakeAgent } from './fakes/fake-agent.ts'
import { flowRecord } from './fakes/flow-record.ts'
import { until } from './fakes/running-server.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
/** Other tests share the machine. */
const START_SECONDS = 90
vi.setConfig({ testTimeout: 240_000 })

let folder: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const env = () => ({ PATH: process.env['PATH'], NETSCOPE_RUN_DIR: folder })

/** Starts a server on a free port and waits until it says where. */
const start = async () => {
  const child = spawn(process.execPath, [MAIN, '--server-port=0'], {
    cwd: folder,
    env: env(),
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  children.push(child)
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [, url] = await until(() => /"url":"([^"]+)"/.exec(output), START_SECONDS)
  return { child, url: url! }
}
/** What the CLI on the same machine sends. */
const authorization = () => {
  const text = readFileSync(join(folder, LOCAL_TOKEN_FILE), 'utf8')
  return { authorization: `Bearer ${(JSON.parse(text) as LocalToken).token}` }
}
const flowsAt = async (url: string) =>
  (await (await fetch(`${url}/api/v1/flows`, { headers: authorization() })).json()) as {
    total: number
  }

test('says where it listens, and leaves nothing behind on SIGTERM', async () => {
  const { child, url } = await start()
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(existsSync(join(folder, 'uplink.sock'))).toBe(true)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(existsSync(join(folder, 'uplink.sock'))).toBe(false)
})

test('after kill -9 the next one takes over the socket, and the agent goes on', async () => {
  const first = await start()
  const agent = createFakeAgent(join(folder, 'uplink.sock'))
  await agent.start()
  agent.flows([flowRecord({ slot: 1 })])
  await until(async () => (await flowsAt(first.url)).total === 1)
  first.child.kill('SIGKILL')
  await until(() => agent.closed)
  const second = await start()
  await agent.start()
  agent.flows([flowRecord({ slot: 1 }), flowRecord({ slot: 2 })])
  await until(async () => (await flowsAt(second.url)).total === 2)
  await agent.stop()
})

test.each([
  ['--server-host=a b', /server\.host/],
  ['--auth-jwt-secret=short', /at least 32 bytes/],
  ['--server-timezone=Mars/Olympus', /server\.timezone/],
  ['--server-prot=1', /did you mean --server-port/],
])('refuses %s with an explanation and exit code 2', (flag, words) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, flag], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
    timeout: 1000 * START_SECONDS,
  })
  expect(status).toBe(2)
  expect(stderr).toMatch(words)
})

test('a port that is taken is said in words', async () => {
  const { url } = await start()
  const { port } = new URL(url)
  const other = { ...env(), NETSCOPE_RUN_DIR: join(folder, 'other') }
  const flags = [`--server-port=${port}`, `--storage-path=${join(folder, 'other-data')}`]
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...flags], {
    cwd: folder,
    env: other,
    encoding: 'utf8',
    timeout: 1000 * START_SECONDS,
  })
  expect(status).toBe(1)
  expect(stderr).toMatch(/server\.cannot-listen.*Stop the program.*address already in use/)
})
